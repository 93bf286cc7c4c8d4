using System.Runtime.CompilerServices;

namespace AnomalyDetect.Core.Events;

internal enum TextField : byte
{
    Id, TokenId, DeviceId, UserAgent, DelegationId, Scope, TenantContextId, DecisionId, Resource, Method,
}

/// <summary>
/// The texts of one event: eight bytes each, in one buffer. As a rule that is the batch's; where one of them stands elsewhere (it had escapes), all are copied
/// into a buffer of the event's own.
/// </summary>
internal struct TextFields
{
    private const int Fields = (int)TextField.Method + 1;

    private readonly record struct Place(int Offset, int Length);

    [InlineArray(Fields)]
    private struct Places
    {
        private Place _first;
    }

    private byte[]? _buffer;
    private Places _places;

    public readonly TextSlice this[TextField field]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _places[(int)field] is { Length: > 0 } place ? new TextSlice(_buffer!, place.Offset, place.Length) : default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(TextField field, TextSlice text)
    {
        if (text.Buffer != _buffer && text.Length > 0)
        {
            if (_buffer is null) _buffer = text.Buffer;
            else text = Gather(field, text);
        }

        _places[(int)field] = new Place(text.Offset, text.Length);
    }

    /// <summary>Copies all texts, with <paramref name="text"/> as <paramref name="field"/>, into a buffer of their own; the copy of it.</summary>
    private TextSlice Gather(TextField field, TextSlice text)
    {
        var total = text.Length;
        for (var i = 0; i < Fields; i++)
            if (i != (int)field) total += _places[i].Length;
        var own = new byte[total];
        text.Utf8.CopyTo(own);
        var used = text.Length;
        for (var i = 0; i < Fields; i++)
        {
            if (i == (int)field) continue;
            var place = _places[i];
            _buffer.AsSpan(place.Offset, place.Length).CopyTo(own.AsSpan(used));
            _places[i] = new Place(used, place.Length);
            used += place.Length;
        }

        _buffer = own;
        return new TextSlice(own, 0, text.Length);
    }
}
