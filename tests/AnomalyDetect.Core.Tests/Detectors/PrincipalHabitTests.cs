using AnomalyDetect.Core.Detectors;
using CsCheck;

namespace AnomalyDetect.Core.Tests.Detectors;

[TestClass]
public sealed class PrincipalHabitTests
{
    private const long Day = TimeSpan.TicksPerDay;
    private static readonly long T0 = new DateTime(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc).Ticks;

    [TestMethod]
    public void What_an_ordinary_sign_in_brings_is_known_at_once()
    {
        var habit = default(PrincipalHabit);
        habit.Learn(1, 10, T0, suspicious: false);
        Assert.IsTrue(habit.Knows((ushort)1) && habit.Knows(10u));
        Assert.IsFalse(habit.Knows((ushort)2) || habit.Knows(11u));
    }

    [TestMethod]
    public void What_a_suspicious_sign_in_brings_is_known_only_when_it_is_still_used_three_days_later()
    {
        var habit = default(PrincipalHabit);
        habit.Learn(1, 10, T0, suspicious: false);
        for (var day = 0; day < 3; day++)
        {
            habit.Learn(2, 20, T0 + (day * Day), suspicious: true);
            Assert.IsFalse(habit.Knows((ushort)2) || habit.Knows(20u), $"day {day}");
        }

        habit.Learn(2, 20, T0 + (3 * Day), suspicious: true);
        Assert.IsTrue(habit.Knows((ushort)2) && habit.Knows(20u));
    }

    [TestMethod]
    public void No_series_of_break_ins_displaces_what_is_known() =>
        Gen.Select(Gen.Int[1, PrincipalHabit.Kept - 1], Gen.UShort[100, 60_000].Array[1, 60]).Sample((known, strange) =>
        {
            var habit = default(PrincipalHabit);
            for (var i = 1; i <= known; i++) habit.Learn((ushort)i, (uint)i, T0 + (i * Day), suspicious: false);
            foreach (var (i, value) in strange.Index()) habit.Learn(value, value, T0 + (10 * Day) + (i * Day / 100), suspicious: true);
            for (var i = 1; i <= known; i++) Assert.IsTrue(habit.Knows((ushort)i) && habit.Knows((uint)i));
            foreach (var value in strange) Assert.IsFalse(habit.Knows(value));
        });

    [TestMethod]
    public void With_all_places_taken_break_ins_cost_at_most_the_one_unused_longest()
    {
        var habit = default(PrincipalHabit);
        for (var i = 1; i <= PrincipalHabit.Kept; i++) habit.Learn((ushort)i, (uint)i, T0 + (i * Day), suspicious: false);
        for (var i = 0; i < 50; i++) habit.Learn((ushort)(100 + i), (uint)(100 + i), T0 + (10 * Day), suspicious: true);
        for (var i = 2; i <= PrincipalHabit.Kept; i++) Assert.IsTrue(habit.Knows((ushort)i) && habit.Knows((uint)i));
    }

    [TestMethod]
    public void What_was_used_last_stays()
    {
        var habit = default(PrincipalHabit);
        for (var i = 1; i <= 20; i++)
        {
            habit.Learn(0, 1, T0 + (i * Day), suspicious: false);
            habit.Learn(0, (uint)(100 + i), T0 + (i * Day), suspicious: false);
        }

        Assert.IsTrue(habit.Knows(1u));
        Assert.AreEqual(PrincipalHabit.Kept, habit.DeviceCount);
        Assert.AreEqual(0, habit.CountryCount);
    }

    [TestMethod]
    public void A_habit_takes_two_sign_ins_and_a_day()
    {
        var habit = new PrincipalHabit { FirstSeen = T0, SignIns = 1 };
        Assert.IsFalse(habit.IsKnownAt(T0 + (5 * Day)));
        habit.SignIns = 2;
        Assert.IsFalse(habit.IsKnownAt(T0 + Day - 1));
        Assert.IsTrue(habit.IsKnownAt(T0 + Day));
    }
}
