using System.Text.Json;
using System.Text.Json.Serialization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Models;

namespace AnomalyDetect.Service.Http;

/// <summary>The JSON of the API's own answers and requests; alerts and decisions go out as stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters =
    [
        typeof(SnakeCaseEnum<ApiRole>), typeof(SnakeCaseEnum<DeliveryKind>), typeof(SnakeCaseEnum<DeliveryState>), typeof(SnakeCaseEnum<DecisionState>),
        typeof(SnakeCaseEnum<ModelSource>), typeof(SnakeCaseEnum<DecisionScope>), typeof(SnakeCaseEnum<DecisionType>),
        typeof(SnakeCaseEnum<Signal>), typeof(SnakeCaseEnum<EntityKind>), typeof(SnakeCaseEnum<ClockFaultKind>),
    ])]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(IngestAnswer))]
[JsonSerializable(typeof(IngestProblem))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(VerdictRequest))]
[JsonSerializable(typeof(ExceptionRequest))]
[JsonSerializable(typeof(ExceptionList))]
[JsonSerializable(typeof(IReadOnlyList<AlertStep>))]
[JsonSerializable(typeof(UndoRequest))]
[JsonSerializable(typeof(UndoAnswer))]
[JsonSerializable(typeof(UndoManyRequest))]
[JsonSerializable(typeof(UndoManyAnswer))]
[JsonSerializable(typeof(DecisionLifeAnswer))]
[JsonSerializable(typeof(HeldList))]
[JsonSerializable(typeof(ApprovalAnswer))]
[JsonSerializable(typeof(RevocationRequest))]
[JsonSerializable(typeof(RevocationAnswer))]
[JsonSerializable(typeof(ProtectionRequest))]
[JsonSerializable(typeof(ProtectionAnswer))]
[JsonSerializable(typeof(ProtectionList))]
[JsonSerializable(typeof(EnforcementStateAnswer))]
[JsonSerializable(typeof(PlaybookAnswer))]
[JsonSerializable(typeof(AcknowledgeRequest))]
[JsonSerializable(typeof(EnforcementTally))]
[JsonSerializable(typeof(EnforcementReport))]
[JsonSerializable(typeof(EnforcementAnswer))]
[JsonSerializable(typeof(DeliveryList))]
[JsonSerializable(typeof(DeliveryReplayRequest))]
[JsonSerializable(typeof(DeliveryReplayAnswer))]
[JsonSerializable(typeof(RejectionList))]
[JsonSerializable(typeof(ClockFaultList))]
[JsonSerializable(typeof(LedgerHeadAnswer))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(KeyRotation))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelRow))]
[JsonSerializable(typeof(ModelUpload))]
[JsonSerializable(typeof(ModelChange))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(HaltRequest))]
[JsonSerializable(typeof(TriageUpload))]
[JsonSerializable(typeof(TriageChange))]
[JsonSerializable(typeof(PruneRequest))]
[JsonSerializable(typeof(PruneAnswer))]
[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
public sealed partial class ApiJson : JsonSerializerContext;
