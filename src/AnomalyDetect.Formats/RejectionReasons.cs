namespace AnomalyDetect.Formats;

/// <summary>
/// The stable words in <see cref="Core.Events.Rejection.Reason"/>, besides <c>missing_FIELD</c> (a required field is absent, null or empty) and
/// <c>invalid_FIELD</c> (of a wrong JSON type or value), where FIELD is a field of the event contract. Metric labels and dead letters carry them.
/// </summary>
public static class RejectionReasons
{
    public const string MalformedJson = "malformed_json";
    public const string InvalidUtf8 = "invalid_utf8";
    public const string NotAnObject = "not_an_object";
    public const string EmptyRecord = "empty_record";
    public const string RecordTooLarge = "record_too_large";
    public const string TooDeep = "too_deep";
    public const string StringTooLong = "string_too_long";
    public const string DuplicateKey = "duplicate_key";
    public const string TenantMismatch = "tenant_mismatch";

    /// <summary>One record held more bad events than <see cref="RecordDecoder.RejectionsPerRecord"/>; what follows in it was not read.</summary>
    public const string TooManyRejections = "too_many_rejections";

    public static string Missing(string field) => "missing_" + field;

    public static string Invalid(string field) => "invalid_" + field;
}
