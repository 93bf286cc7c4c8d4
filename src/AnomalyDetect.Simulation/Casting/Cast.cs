using System.Text;
using AnomalyDetect.Simulation.Traffic;
using Bogus;

namespace AnomalyDetect.Simulation.Casting;

/// <summary>Everyone in a run, invented once by Bogus; the traffic itself is thrown with <see cref="Dice"/>.</summary>
internal sealed class Cast
{
    private const int ExtrasPerTenant = 12;
    private static readonly int[] Offsets = [-8, -6, -5, -3, 0, 1, 2, 8, 9, 10];
    private static readonly string[] Scopes = ["partner:read", "orders:read", "invoices:read", "catalog:sync", "profile:read"];
    private static readonly string[] Jobs = ["billing-sync", "report-builder", "mail-relay", "search-indexer", "webhook-sender", "ledger-export", "crm-bridge"];

    public IReadOnlyList<Tenant> Tenants { get; }

    public Cast(SimulationOptions options)
    {
        var weights = Enumerable.Range(0, options.Tenants).Select(i => 1 / Math.Sqrt(i + 1)).ToArray();
        var sum = weights.Sum();
        var names = Names(options);
        Tenants = [.. weights.Select((w, i) => Make(options, names, i, w / sum))];
    }

    /// <summary>Another tenant's id; an outside one where there is only one.</summary>
    public string Other(Tenant tenant, Dice dice)
    {
        if (Tenants.Count == 1) return "outside-tenant";
        var i = dice.Below(Tenants.Count - 1);
        return Tenants[i < tenant.Rank ? i : i + 1].Id;
    }

    /// <summary>A person of one scenario alone, whose every event the scenario makes.</summary>
    public static Persona Newcomer(Tenant tenant, Dice dice, bool admin)
    {
        var faker = new Faker("en") { Random = new Randomizer((int)dice.Next()) };
        return Invented(faker, dice, $"{Name(faker)}-{dice.Hex()[..6]}", tenant.Country, admin);
    }

    private static string Name(Faker faker) => Slug(faker.Name.FirstName()) + "." + Slug(faker.Name.LastName());

    private static Persona Invented(Faker faker, Dice dice, string id, string country, bool admin) =>
        new(id, "dev-" + dice.Hex()[..10], faker.Internet.UserAgent(), Network.Home(dice, country), Network.Mobile(dice, country), admin);

    private static string[] Names(SimulationOptions options)
    {
        var faker = Faker(options.Seed, 0);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new string[options.Tenants];
        for (var i = 0; i < names.Length; i++)
        {
            var name = Slug(faker.Company.CompanyName());
            names[i] = taken.Add(name) ? name : $"{name}-{i}";
            taken.Add(names[i]);
        }

        return names;
    }

    private static Tenant Make(SimulationOptions options, string[] names, int rank, double share)
    {
        var faker = Faker(options.Seed, rank + 1);
        var dice = Dice.Of(options.Seed, ((ulong)rank << 8) | 1);
        var country = faker.Address.CountryCode();
        var asn = (uint)dice.Between(65101, 65500);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var people = Math.Max(4, (int)(share * options.Tenants * options.PrincipalsPerTenant));
        var ids = new Ids(options.Seed, rank, 1L << 39);
        var offset = TimeSpan.FromHours(dice.Pick(Offsets));
        var partnerships = Enumerable.Range(0, people >= 40 ? 2 : 1).Select(i => new Partnership(
            "partner-" + Slug(faker.Company.CompanyName()), Service("svc-partner-" + (i + 1), 10 + i),
            names.Length == 1 ? "outside-tenant" : names[(rank + 1 + dice.Below(names.Length - 1)) % names.Length], ids.Delegation(), dice.Pick(Scopes))).ToArray();

        var tenant = new Tenant
        {
            Id = names[rank],
            Rank = rank,
            UtcOffset = offset,
            Country = country,
            Office = Network.Office(rank, country, asn),
            People = [.. Enumerable.Range(0, people).Select(i => Person(i % 15 == 0))],
            Extras = [.. Enumerable.Range(0, ExtrasPerTenant).Select(_ => Person())],
            Services = [.. Enumerable.Range(0, Math.Clamp(people / 15, 1, 50)).Select(i => Service($"svc-{Jobs[i % Jobs.Length]}{(i < Jobs.Length ? "" : $"-{i}")}", 20 + i))],
            Batch = Service("svc-nightly-batch", 1),
            Health = Service("svc-health", 2),
            Partnerships = partnerships,
            EventsPerMinute = options.EventsPerMinute * share,
            NamesObjects = options.NamesObjects,
            BatchAt = UtcTimeOfDay(TimeSpan.FromMinutes(dice.Between(60, 120))),
            SyncAt = UtcTimeOfDay(TimeSpan.FromMinutes(dice.Between(150, 240))),
        };
        // Thrown last: whoever is there from the start is the same with and without them.
        for (var hires = (int)Math.Ceiling(people * (options.MostGrowth() - 1)); hires > 0; hires--) tenant.Hired.Add(Person());
        return tenant;

        TimeSpan UtcTimeOfDay(TimeSpan local) => new((local - offset + TimeSpan.FromDays(1)).Ticks % TimeSpan.TicksPerDay);

        Persona Person(bool admin = false)
        {
            var name = Name(faker);
            var unique = name;
            for (var n = 2; !taken.Add(unique); n++) unique = name + n;
            return Invented(faker, dice, unique, country, admin);
        }

        Persona Service(string id, int host)
        {
            var network = Network.DataCentre(rank, host, country, asn);
            return new Persona(id, "host-" + dice.Hex()[..8], $"{id}/{dice.Between(1, 9)}.{dice.Between(0, 20)}", network, network);
        }
    }

    private static Faker Faker(int seed, int part) =>
        new("en") { Random = new Randomizer((int)Dice.Mix(((ulong)(uint)seed << 32) | (uint)part)) };

    /// <summary>Lower-case letters and digits, words joined by hyphens.</summary>
    private static string Slug(string text)
    {
        var slug = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(char.ToLowerInvariant(c));
            else if (c is ' ' or '-' && slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }

        return slug.ToString().TrimEnd('-');
    }
}
