using System.Text.Json;

namespace AnomalyDetect.Bouncer.Contract;

internal static class ContractWord
{
    /// <summary>As <see cref="Core.WordOf{T}"/> writes it.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
