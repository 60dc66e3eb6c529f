using System.Text.Json.Serialization;

namespace Kappa.Training;

/// <summary>The JSON that a trainer adds to its checkpoints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrainerState))]
internal sealed partial class TrainerJson : JsonSerializerContext;
