using System.Buffers;
using System.Collections.Concurrent;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats;

namespace AnomalyDetect.Service.Http;

/// <summary>What of a body may be stored: whole records as NDJSON, and why the others may not.</summary>
/// <param name="Ndjson">Valid until the next call on the same <see cref="EventIntake.Desk"/>.</param>
/// <param name="Forbidden">How many of the rejected could be read, but speak for a tenant that is not the key's.</param>
public readonly record struct Intake(ReadOnlyMemory<byte> Ndjson, int Accepted, int RejectedCount, int Forbidden, IReadOnlyList<RejectedLine> Rejected);

/// <summary>Judges each record of a body with the native decoder, before anything is stored. Thread-safe: each call borrows a desk.</summary>
public sealed class EventIntake(IEventFormat format, DecodeLimits limits, bool trustInternal, int rejectedShown)
{
    public const string TenantNotAllowed = "tenant_not_allowed";
    private const int DesksKept = 16;
    private readonly ConcurrentBag<Desk> _desks = [];

    public Desk Borrow() => _desks.TryTake(out var desk) ? desk : new Desk(this);

    public void Return(Desk desk)
    {
        if (_desks.Count < DesksKept) _desks.Add(desk);
    }

    /// <summary>The decoder and buffers of one request at a time.</summary>
    public sealed class Desk
    {
        private readonly EventIntake _intake;
        private readonly IEventDecoder _decoder;
        private readonly EventBatch _batch = new(16);
        private readonly ArrayBufferWriter<byte> _accepted = new(64 << 10);
        private readonly List<RecordLine> _lines = [];

        internal Desk(EventIntake intake)
        {
            _intake = intake;
            _decoder = intake.Format.CreateDecoder(intake.Limits, new SymbolTable(1 << 14));
        }

        public Intake Judge(byte[] buffer, int length, Caller caller, DateTime now)
        {
            _accepted.ResetWrittenCount();
            _lines.Clear();
            RecordLines.Split(buffer.AsSpan(0, length), _intake.Limits.JsonDepth, _lines);
            var accepted = 0;
            var refused = 0;
            var forbidden = 0;
            var rejected = new List<RejectedLine>();
            foreach (var line in _lines)
            {
                if (Refuse(buffer, line, caller, now) is not { } why)
                {
                    Accept(buffer.AsSpan(line.Offset, line.Length));
                    accepted++;
                    continue;
                }

                refused++;
                if (why.Reason == TenantNotAllowed) forbidden++;
                if (rejected.Count < _intake.RejectedShown) rejected.Add(new RejectedLine(line.Number, why.Reason, why.Detail));
            }

            return new Intake(_accepted.WrittenMemory, accepted, refused, forbidden, rejected);
        }

        private (string Reason, string Detail)? Refuse(byte[] buffer, RecordLine line, Caller caller, DateTime now)
        {
            if (line.Problem is not null) return ("malformed_json", line.Problem);
            _batch.Clear();
            _decoder.Decode(buffer, line.Offset, line.Length, new RecordOrigin(0, line.Number, now, _intake.TrustInternal, null), _batch);
            if (_batch.Rejections is [var first, ..]) return (first.Reason, first.Detail);
            if (_batch.Count == 0) return ("empty_record", "The record holds no event.");
            foreach (ref readonly var e in _batch.Events)
                if (!caller.Sees(e.Tenant.Text)) return (TenantNotAllowed, $"This key may not speak for tenant {Printable.Of(e.Tenant.Text, 128)}.");
            return null;
        }

        /// <summary>As one line: JSON has no raw line break inside a string, so one between tokens may be a space.</summary>
        private void Accept(ReadOnlySpan<byte> record)
        {
            var line = _accepted.GetSpan(record.Length + 1);
            record.CopyTo(line);
            line[..record.Length].Replace((byte)'\n', (byte)' ');
            line[..record.Length].Replace((byte)'\r', (byte)' ');
            line[record.Length] = (byte)'\n';
            _accepted.Advance(record.Length + 1);
        }
    }

    internal IEventFormat Format => format;

    internal DecodeLimits Limits => limits;

    internal bool TrustInternal => trustInternal;

    internal int RejectedShown => rejectedShown;
}
