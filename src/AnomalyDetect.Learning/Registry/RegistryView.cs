using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Learning.Registry;

/// <summary>A registry to look at only, without its ledger: also while a service has it.</summary>
public static class RegistryView
{
    public static ModelRegistry Of(string directory) => new(directory, new NoLedger(), TimeProvider.System);

    private sealed class NoLedger : ILedger
    {
        public LedgerHead Head => throw Unsupported();

        public IReadOnlyList<LedgerLine> Newest(int most, string? kind) => throw Unsupported();

        public void RecordOperator(string actor, string action, string subject, string details) => throw Unsupported();

        public LedgerVerdict Verify(string? knownHead, CancellationToken cancellation) => throw Unsupported();

        private static NotSupportedException Unsupported() => new("this registry is only looked at: changes go through whoever has its ledger");
    }
}
