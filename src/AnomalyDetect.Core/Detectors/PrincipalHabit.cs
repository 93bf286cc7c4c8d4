using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// Where from and with what one principal signs in: the countries and devices it is known by, and where it was last. What appears in a sign-in that was
/// alerted on is on probation, not known: it becomes known when it is still in use three days later.
/// </summary>
internal struct PrincipalHabit : IEvictable
{
    public const int Kept = 6;

    /// <summary>Days after which what was on probation is taken for the principal's own.</summary>
    private const int ProbationDays = 3;

    /// <summary>A country (packed) or a device (hash), with the days it was first and last seen on.</summary>
    internal struct Trait
    {
        public uint Value;
        public ushort FirstDay, LastDay;
        public bool OnProbation;
    }

    /// <summary>On how many days it did something, and when last: what it is accustomed to says little of who does it.</summary>
    internal struct Custom
    {
        private const int After = 3, For = 30; // days

        public ushort LastDay;
        public byte Days; // saturating

        public readonly bool IsAt(long time) => Days >= After && DayOf(time) - LastDay <= For;

        public void Note(long time)
        {
            if (DayOf(time) is var day && day == LastDay) return;
            LastDay = day;
            if (Days < byte.MaxValue) Days++;
        }
    }

    [InlineArray(Kept)]
    internal struct Traits
    {
        private Trait _first;
    }

    public Traits Countries;
    public Traits Devices;
    public byte CountryCount, DeviceCount;

    /// <summary>Sign-ins so far; saturating.</summary>
    public ushort SignIns;

    public long FirstSeen;
    public long LastAt; // of the newest sign-in
    public Symbol? LastSession;
    public NetworkAddress LastNetwork;
    public ushort LastCountry;

    // Attempts that failed shortly before.
    public long FailedAt;
    public byte Failed;
    public byte Rejected; // second factors

    // The latest sign-in that did not look like the principal, while its privileged calls count against it.
    public long SuspectAt;
    public NetworkAddress SuspectNetwork;
    public Symbol? SuspectSession;
    public byte SuspectPoints;
    public byte Privileged;
    public byte Reasons;
    public ushort SuspectFrom, SuspectCountry;
    public Custom Administering; // privileged calls nobody suspected
    public Custom Refusals; // denied calls nobody suspected
    public long WokeAfter; // ticks of silence before; 0 when it was not dormant

    public long LastSeen { get; set; }

    /// <summary>Signed in more than once, so that losing it to a flood of new names would lose something.</summary>
    public readonly bool Established => SignIns >= 2;

    /// <summary>Enough is known for something to be new: signed in twice, first a day ago or more.</summary>
    public readonly bool IsKnownAt(long time) => Established && time - FirstSeen >= TimeSpan.TicksPerDay;

    public readonly bool Knows(ushort country) => IsKnown(Countries, CountryCount, country);

    public readonly bool Knows(uint device) => IsKnown(Devices, DeviceCount, device);

    private static ushort DayOf(long time) => (ushort)(time / TimeSpan.TicksPerDay % ushort.MaxValue);

    public void Learn(ushort country, uint device, long time, bool suspicious)
    {
        var day = DayOf(time);
        if (country != 0) Learn(ref Countries, ref CountryCount, country, day, suspicious);
        if (device != 0) Learn(ref Devices, ref DeviceCount, device, day, suspicious);
    }

    private static bool IsKnown(in Traits traits, int count, uint value)
    {
        for (var i = 0; i < count; i++)
            if (traits[i].Value == value) return !traits[i].OnProbation;
        return false;
    }

    private static void Learn(ref Traits traits, ref byte count, uint value, ushort day, bool suspicious)
    {
        var oldest = 0;
        for (var i = 0; i < count; i++)
        {
            ref var known = ref traits[i];
            if (known.Value == value)
            {
                known.LastDay = day;
                if (known.OnProbation && day - known.FirstDay >= ProbationDays) known.OnProbation = false;
                return;
            }

            if (IsWorse(known, traits[oldest])) oldest = i;
        }

        if (count < Kept) oldest = count++;
        traits[oldest] = new Trait { Value = value, FirstDay = day, LastDay = day, OnProbation = suspicious };
    }

    /// <summary>What is on probation makes room first, so that no series of break-ins displaces what is known.</summary>
    private static bool IsWorse(in Trait a, in Trait b) => a.OnProbation != b.OnProbation ? a.OnProbation : a.LastDay < b.LastDay;
}
