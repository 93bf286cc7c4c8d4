using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Storage;
using AnomalyDetect.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Learning.Tests.Registry;

/// <summary>A registry beside a real store, with a disk that can be told to fail.</summary>
internal sealed class RegistryRig : IDisposable
{
    private readonly TempDirectory _directory = new();

    public RegistryRig()
    {
        Store = Store.Open(new StoreOptions { Path = _directory["store.db"] }, new NoDeliveries(), TimeProvider.System, NullLogger.Instance);
        Registry = new ModelRegistry(Models, Store.Ledger, TimeProvider.System, Disk);
    }

    public string Models => _directory["models"];

    public Store Store { get; }

    public FaultyRegistryDisk Disk { get; } = new();

    public ModelRegistry Registry { get; }

    /// <summary>As another process would open it.</summary>
    public ModelRegistry Another() => new(Models, Store.Ledger, TimeProvider.System);

    public string this[params string[] names] => Path.Combine([Models, .. names]);

    public static BehaviourModel Model(int number) => SomeModel.Create() with { Training = SomeModel.Create().Training with { Seed = number } };

    public string Register(int number) => Registry.Register(ModelFile.ToBytes(Model(number)), new Dictionary<string, double>(), "ann", $"model {number}", out _).Id;

    public string Champion => Registry.Manifest(out _).Champion;

    /// <summary>Operator calls on record, oldest first: action, subject, and who and why.</summary>
    public string[] Recorded()
    {
        using var connection = new SqliteConnection($"Data Source={_directory["store.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT payload ->> 'action' || ' ' || (payload ->> 'subject') || ' ' || (payload ->> 'actor') || ': ' || (payload ->> 'details') FROM "
            + "(SELECT CAST(payload AS TEXT) AS payload FROM ledger WHERE kind = 'operator' ORDER BY sequence)";
        using var rows = command.ExecuteReader();
        var calls = new List<string>();
        while (rows.Read()) calls.Add(rows.GetString(0));
        return [.. calls];
    }

    public void Dispose()
    {
        Store.Dispose();
        _directory.Dispose();
    }

    private sealed class NoDeliveries : IDeliveryRouter
    {
        public IEnumerable<DeliveryRequest> RouteEscalation(Alert alert, Notification next) => [];

        public IEnumerable<DeliveryRequest> Route(Alert alert, IReadOnlyList<Notification> notifications) => [];

        public IEnumerable<DeliveryRequest> RouteHeld(HeldDecision held, IReadOnlyList<Audience> approvers, int waiting) => [];

        public IEnumerable<DeliveryRequest> Route(Decision decision) => [];

        public IEnumerable<DeliveryRequest> RouteUndo(Decision decision) => [];
    }
}

/// <summary>A real disk with room for so many more calls, full in the middle of the next write.</summary>
internal sealed class FaultyRegistryDisk : IRegistryDisk
{
    private readonly RegistryDisk _disk = new();

    public int CallsLeft { get; set; } = int.MaxValue;

    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        if (CallsLeft-- > 0)
        {
            _disk.Write(path, bytes);
            return;
        }

        _disk.Write(path, bytes[..(bytes.Length / 2)]);
        throw new IOException("No space left on device");
    }

    public void Rename(string from, string to)
    {
        if (CallsLeft-- <= 0) throw new IOException("Input/output error");
        _disk.Rename(from, to);
    }
}
