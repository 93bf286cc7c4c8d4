namespace AnomalyDetect.Formats.Json;

/// <summary>Why text is not JSON (RFC 8259).</summary>
internal enum JsonFault : byte
{
    None, UnexpectedEnd, UnexpectedByte, ControlCharacter, BadEscape, LoneSurrogate, BadNumber, TooDeep,

    /// <summary>Text has to be checked before it is read on; never told to anybody.</summary>
    Unchecked,
}

internal static class JsonFaults
{
    public static string Describe(JsonFault fault) => fault switch
    {
        JsonFault.UnexpectedEnd => "the JSON ends too early",
        JsonFault.ControlCharacter => "a string holds a control character that is not escaped",
        JsonFault.BadEscape => "a string holds an escape JSON does not know",
        JsonFault.LoneSurrogate => "a string holds half of a surrogate pair",
        JsonFault.BadNumber => "a number is not written as JSON numbers are",
        JsonFault.TooDeep => "objects and arrays are nested too deeply",
        _ => "this is not JSON",
    };
}
