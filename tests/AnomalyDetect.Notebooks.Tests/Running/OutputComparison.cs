using System.Buffers.Binary;
using System.Text;

namespace AnomalyDetect.Notebooks.Tests.Running;

/// <summary>Holds what a cell shows against what it is kept with. Texts have to be equal; images, which fonts change, have to be pictures.</summary>
internal static class OutputComparison
{
    private const int LeastBytes = 2_000; // an empty plot of this size has fewer
    private const int LeastPixels = 200;
    private static readonly byte[] Signature = [0x89, .. "PNG\r\n\u001a\n"u8];

    /// <returns>What differs, for people; null where nothing does.</returns>
    public static string? Difference(IReadOnlyList<CellOutput> kept, IReadOnlyList<CellOutput> now)
    {
        if (!kept.Select(o => (o.Type, o.Mime)).SequenceEqual(now.Select(o => (o.Type, o.Mime))))
            return $"it is kept with {Kinds(kept)}, and shows {Kinds(now)}";
        foreach (var (then, current) in kept.Zip(now))
        {
            if (!then.IsImage && then.Text != current.Text) return Lines(then.Text, current.Text);
            if (then.IsImage && (Fault(then) ?? Fault(current)) is { } fault) return fault;
        }

        return null;
    }

    /// <returns>Why it is no picture of anything; null where it is one.</returns>
    public static string? Fault(CellOutput image)
    {
        if (image.Mime != CellOutput.Png) return $"an image is {image.Mime}, where {CellOutput.Png} is shown everywhere";
        var bytes = new byte[image.Text.Length];
        if (!Convert.TryFromBase64String(image.Text.Trim(), bytes, out var length)) return "an image is not in base64";
        if (length < LeastBytes || !bytes.AsSpan().StartsWith(Signature)) return $"an image of {length} bytes is no PNG, or an empty one";
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20)));
        return width < LeastPixels || height < LeastPixels ? $"an image is only {width} by {height} pixels" : null;
    }

    private static string Kinds(IReadOnlyList<CellOutput> outputs) => outputs.Count == 0 ? "nothing" : string.Join(", ", outputs.Select(o => $"{o.Type} {o.Mime}"));

    private static string Lines(string then, string now)
    {
        var (a, b) = (then.Split('\n'), now.Split('\n'));
        var text = new StringBuilder("its text changed (- kept, + now):");
        for (var i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            var (old, current) = (i < a.Length ? a[i] : null, i < b.Length ? b[i] : null);
            if (old == current) continue;
            if (old is not null) text.Append("\n- ").Append(old);
            if (current is not null) text.Append("\n+ ").Append(current);
        }

        return text.ToString();
    }
}
