using System.Globalization;
using System.Text;
using CsCheck;

namespace AnomalyDetect.Formats.Tests;

[TestClass]
public class Rfc3339Tests
{
    private static readonly KnownMinute Minute = new();

    /// <summary>Both ways, and where the minute is known (three times) it makes no difference.</summary>
    private static bool TryParse(string text, out DateTime utc)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var read = Rfc3339.TryParse(utf8, out utc);
        for (var i = 0; i < 3; i++)
        {
            Assert.AreEqual(read, Minute.TryParse(utf8, out var again), text);
            Assert.AreEqual((utc, utc.Kind), (again, again.Kind), text);
        }

        return read;
    }

    [TestMethod]
    [DataRow("2026-03-01T12:30:00Z", "2026-03-01T12:30:00.0000000Z")]
    [DataRow("2026-03-01t12:30:00z", "2026-03-01T12:30:00.0000000Z")]
    [DataRow("2026-03-01T12:30:00+05:30", "2026-03-01T07:00:00.0000000Z")]
    [DataRow("2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00.0000000Z")]
    [DataRow("2026-03-01T12:30:00-00:00", "2026-03-01T12:30:00.0000000Z")]
    [DataRow("2026-03-01T12:30:00.1Z", "2026-03-01T12:30:00.1000000Z")]
    [DataRow("2026-03-01T12:30:00.123456789Z", "2026-03-01T12:30:00.1234567Z")]
    [DataRow("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000Z")]
    [DataRow("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.9999999Z")]
    [DataRow("2017-01-01T00:59:60.5+01:00", "2016-12-31T23:59:59.9999999Z")]
    public void A_time_with_a_zone_is_read_as_UTC(string text, string expected)
    {
        Assert.IsTrue(TryParse(text, out var utc));
        Assert.AreEqual(expected, utc.ToString("O", CultureInfo.InvariantCulture));
    }

    [TestMethod]
    [DataRow("2026-03-01T12:30:00")]
    [DataRow("2026-03-01T12:30:00.Z")]
    [DataRow("2026-03-01T12:30:00.1234567890Z")]
    [DataRow("2026-03-01T12:30:00.5")]
    [DataRow("2026-03-01T12:30:00 Z")]
    [DataRow("2026-03-01T12:30:00+0530")]
    [DataRow("2026-03-01T12:30:00+24:00")]
    [DataRow("2026-03-01T12:30:00Zx")]
    [DataRow("2026-03-01 12:30:00Z")]
    [DataRow("2026-02-29T00:00:00Z")]
    [DataRow("2026-13-01T00:00:00Z")]
    [DataRow("2026-00-10T00:00:00Z")]
    [DataRow("2026-03-00T00:00:00Z")]
    [DataRow("2026-03-01T24:00:00Z")]
    [DataRow("2026-03-01T12:60:00Z")]
    [DataRow("2026-03-01T12:30:60Z")]
    [DataRow("2026-03-01T12:30:61Z")]
    [DataRow("2026-03-0:T12:30:00Z")]
    [DataRow("1970-01-01T00:00:00Z")]
    [DataRow("2200-01-01T00:00:00Z")]
    [DataRow("12026-03-01T12:30:00Z")]
    [DataRow("-026-03-01T12:30:00Z")]
    [DataRow("")]
    public void Anything_else_is_refused(string text) => Assert.IsFalse(TryParse(text, out _));

    [TestMethod]
    [DataRow("12:30:59.999Z")]
    [DataRow("12:30:07Z")]
    [DataRow("12:30:60Z")]
    [DataRow("12:30:6Z")]
    [DataRow("12:30:0aZ")]
    [DataRow("12:30:00.9:9Z")]
    [DataRow("12:30:00.12Z")]
    [DataRow("12:30:00.1234Z")]
    [DataRow("12:30:00,123Z")]
    [DataRow("12:30:00.123z")]
    [DataRow("12:30:00.123+")]
    [DataRow("12:30:00+01:00")]
    [DataRow("12:30:00.123+01:00")]
    [DataRow("12:30:")]
    [DataRow("12:31:00Z")]
    public void The_minute_known_from_the_time_before_changes_nothing(string time)
    {
        var minute = new KnownMinute();
        Assert.IsTrue(minute.TryParse("2026-03-01T12:30:01.250Z"u8, out var first));
        Assert.AreEqual(new DateTime(2026, 3, 1, 12, 30, 1, 250, DateTimeKind.Utc), first);
        var utf8 = Encoding.UTF8.GetBytes("2026-03-01T" + time);
        Assert.AreEqual((Rfc3339.TryParse(utf8, out var expected), expected), (minute.TryParse(utf8, out var found), found));
    }

    [TestMethod]
    public void Every_instant_reads_back_as_written_in_any_zone()
    {
        var first = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        Gen.Select(Gen.Long[0, TimeSpan.TicksPerDay * 365 * 190], Gen.Int[-14 * 60, 14 * 60]).Sample((ticks, zone) =>
        {
            var time = new DateTimeOffset(first + ticks, TimeSpan.Zero);
            return TryParse(time.ToOffset(TimeSpan.FromMinutes(zone)).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture), out var utc)
                && utc == time.UtcDateTime;
        });
    }
}
