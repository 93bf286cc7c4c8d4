using System.Globalization;

namespace AnomalyDetect.Notebooks.Tests.Running;

/// <summary>What cells show things with: named and used as .NET Interactive's own, as far as they look the same here and there.</summary>
public static class TextDisplay
{
    /// <param name="value">Of an image its bytes in base64.</param>
    public static void DisplayAs(this string value, string mimeType) => CellRecorder.Current.Display(mimeType, value);

    /// <exception cref="NotSupportedException">.NET Interactive makes HTML of it, which is nothing to compare.</exception>
    internal static string TextOf(object value) => value switch
    {
        string text => text,
        bool or char => value.ToString()!,
        IFormattable number when value.GetType().IsPrimitive => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"A cell ends with a {value.GetType().Name}, which looks different in every host; print what should be seen of it, or end it with a semicolon."),
    };
}
