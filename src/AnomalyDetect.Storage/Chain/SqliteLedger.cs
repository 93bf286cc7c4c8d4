using System.Text;
using AnomalyDetect.Core.Ledger;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Chain;

internal sealed class SqliteLedger(SqliteDatabase database, TimeProvider time) : ILedger
{
    public LedgerHead Head => database.Read(session =>
    {
        var (sequence, hash) = LedgerWriter.Head(session);
        return new LedgerHead(sequence, Convert.ToHexStringLower(hash));
    });

    public IReadOnlyList<LedgerLine> Newest(int most, string? kind) => database.Read(session => session["""
        SELECT sequence, recorded_at, kind, subject, payload FROM
            (SELECT sequence, recorded_at, kind, subject, payload FROM ledger WHERE $2 IS NULL OR kind = $2 ORDER BY sequence DESC LIMIT $1)
        ORDER BY sequence
        """].List(
            row => new LedgerLine(row.GetInt64(0), row.Time(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : Encoding.UTF8.GetString(row.Bytes(4))),
            Math.Max(0, most), kind));

    public void RecordOperator(string actor, string action, string subject, string details) =>
        database.Write(session => new LedgerWriter(session, time.GetUtcNow().UtcDateTime).Append(new OperatorCall(actor, action, subject, details)));

    /// <exception cref="ArgumentException">The known head is not 64 hex digits.</exception>
    public LedgerVerdict Verify(string? knownHead, CancellationToken cancellation)
    {
        var known = knownHead is null ? null : Parse(knownHead);
        return database.Read(session => new LedgerWalk(session).Verify(known, cancellation));
    }

    private static byte[] Parse(string head)
    {
        var text = head.Trim();
        if (text.Length == 2 * LedgerChain.HashSize && text.All(char.IsAsciiHexDigit)) return Convert.FromHexString(text);
        throw new ArgumentException("a ledger head is the 64 hex digits that 'ledger head' printed", nameof(head));
    }
}
