using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Tables;

internal readonly struct SymbolKey(Symbol symbol) : ITableKey<SymbolKey>
{
    public Symbol Symbol { get; } = symbol;

    public ulong Hash => Symbol.Hash;

    public int TextBytes => Symbol.Bytes;

    public bool Same(SymbolKey other) => Symbol.Equals(other.Symbol);
}

/// <summary>A seeded 64-bit hash that stands for its text: for tables where two in four billion billion sharing an entry costs nothing but a wrong count.</summary>
internal readonly struct HashKey(ulong hash) : ITableKey<HashKey>
{
    public ulong Hash { get; } = hash;

    public int TextBytes => 0;

    public bool Same(HashKey other) => Hash == other.Hash;
}

/// <summary>A principal, partner or source address: what a running threshold count is kept for.</summary>
internal readonly struct EntityKey : ITableKey<EntityKey>
{
    public EntityKind Kind { get; }

    public Symbol? Symbol { get; }

    public NetworkAddress Address { get; }

    public EntityKey(EntityKind kind, Symbol symbol) => (Kind, Symbol) = (kind, symbol);

    /// <param name="network">Already cut to what counts as one source.</param>
    public EntityKey(NetworkAddress network) => (Kind, Address) = (EntityKind.Address, network);

    public ulong Hash => (Symbol?.Hash ?? Address.Hash) + ((ulong)Kind * 0x9E3779B97F4A7C15UL);

    public int TextBytes => Symbol?.Bytes ?? 0;

    public bool Same(EntityKey other) =>
        Kind == other.Kind && (Symbol is null ? Address == other.Address : other.Symbol is not null && Symbol.Equals(other.Symbol));

    public Entity ToEntity() => new(Kind, Symbol?.Text ?? Address.ToNetworkString());

    public void Save(StateWriter writer)
    {
        writer.Byte((byte)Kind);
        if (Symbol is null) Address.Save(writer);
        else writer.Symbol(Symbol);
    }

    public static EntityKey Load(ref StateReader reader)
    {
        var kind = (EntityKind)reader.Byte();
        return kind == EntityKind.Address ? new EntityKey(NetworkAddress.Load(ref reader)) : new EntityKey(kind, reader.Symbol());
    }
}

/// <summary>Who made a cross-tenant call: a principal, a partner, or one on behalf of the other. Either may be missing.</summary>
internal readonly struct PairKey(Symbol? principal, Symbol? partner) : ITableKey<PairKey>
{
    public Symbol? Principal { get; } = principal;

    public Symbol? Partner { get; } = partner;

    public ulong Hash => (Principal?.Hash ?? 0) + ((Partner?.Hash ?? 0) * 0x9E3779B97F4A7C15UL);

    public int TextBytes => (Principal?.Bytes ?? 0) + (Partner?.Bytes ?? 0);

    public bool Same(PairKey other) => Equals(Principal, other.Principal) && Equals(Partner, other.Partner);
}
