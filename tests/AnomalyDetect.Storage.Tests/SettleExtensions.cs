using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests;

/// <summary>What came of one delivery.</summary>
internal static class SettleExtensions
{
    extension(IOutbox outbox)
    {
        internal void Delivered(long sequence, string result, string? verified = null) => outbox.Settle([new DeliverySettlement(sequence, DeliveryState.Delivered, result, verified)]);

        internal void Dead(long sequence, string error) => outbox.Settle([new DeliverySettlement(sequence, DeliveryState.Dead, error)]);

        internal void Expired(long sequence) => outbox.Settle([new DeliverySettlement(sequence, DeliveryState.Expired, "expired before it was sent")]);

        internal void Retry(long sequence, DateTime dueAt, string error) => outbox.Settle([new DeliverySettlement(sequence, DeliveryState.Pending, error, DueAt: dueAt)]);
    }
}
