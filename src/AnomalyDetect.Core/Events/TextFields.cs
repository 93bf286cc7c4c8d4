using System.Runtime.CompilerServices;

namespace AnomalyDetect.Core.Events;

internal enum TextField : byte
{
    Id, TokenId, DeviceId, UserAgent, DelegationId, Scope, TenantContextId, DecisionId, Resource, Method,
}

/// <summary>
/// The texts of one event, eight bytes each. Nearly all stand in the batch's buffer, and what had escapes in what the batch keeps beside it; should there be a
/// third place, the ones that are not in the first buffer are copied together.
/// </summary>
internal struct TextFields
{
    private const int Fields = (int)TextField.Method + 1;

    /// <param name="Offset">In the first buffer; its complement, below 0, in the second.</param>
    private readonly record struct Place(int Offset, int Length);

    [InlineArray(Fields)]
    private struct Places
    {
        private Place _first;
    }

    private byte[]? _buffer;
    private byte[]? _second;
    private Places _places;

    public readonly TextSlice this[TextField field]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var place = _places[(int)field];
            return place.Length == 0 ? default : place.Offset >= 0 ? new TextSlice(_buffer!, place.Offset, place.Length) : new TextSlice(_second!, ~place.Offset, place.Length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(TextField field, TextSlice text)
    {
        _buffer ??= text.Buffer;
        _places[(int)field] = text.Buffer == _buffer || text.IsEmpty ? new Place(text.Offset, text.Length) : PlaceInSecond(field, text);
    }

    private Place PlaceInSecond(TextField field, TextSlice text)
    {
        if (text.Buffer == _second || _second is null)
        {
            _second = text.Buffer;
            return new Place(~text.Offset, text.Length);
        }

        _places[(int)field] = default;
        var total = text.Length;
        foreach (var place in _places)
            if (place.Offset < 0) total += place.Length;
        var (together, used) = (new byte[total], 0);
        for (var i = 0; i < Fields; i++)
        {
            var place = _places[i];
            if (place.Offset >= 0) continue;
            _second.AsSpan(~place.Offset, place.Length).CopyTo(together.AsSpan(used));
            _places[i] = new Place(~used, place.Length);
            used += place.Length;
        }

        text.Utf8.CopyTo(together.AsSpan(used));
        _second = together;
        return new Place(~used, text.Length);
    }
}
