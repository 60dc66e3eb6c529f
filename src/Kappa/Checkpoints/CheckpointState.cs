using System.Text.Json;
using Kappa.Randomness;

namespace Kappa.Checkpoints;

/// <summary>What <c>state.json</c> of a checkpoint holds.</summary>
internal sealed record CheckpointState(
    string Format,
    int Version,
    long Step,
    CheckpointState.OptimizerPart Optimizer,
    PhiloxState Generator,
    Dictionary<string, CheckpointState.FilePart> Files,
    JsonElement? Extra,
    string? Instructions = null)
{
    internal const string FormatName = "kappa-checkpoint";
    internal const int CurrentVersion = 2;
    private const int UnsealedVersion = 1;

    /// <summary>Writes the state with its own hash in it, so that one changed bit is found.</summary>
    internal void Write(Stream stream) =>
        stream.Write(SealedJson.Seal(JsonSerializer.SerializeToNode(this, CheckpointJson.Default.CheckpointState)!.AsObject()));

    /// <exception cref="JsonException">The text is not JSON, or not of this form.</exception>
    internal static CheckpointState Read(byte[] text)
    {
        bool isSealed = SealedJson.IsSealed(text);
        if (isSealed)
            SealedJson.Verify(text);
        var state = Deserialize(text) ?? throw new JsonException("it holds null");
        if (state.Format != FormatName)
            throw new JsonException($"expected the format \"{FormatName}\", got \"{state.Format}\"");
        if (state.Version == CurrentVersion && !isSealed)
            throw new JsonException($"expected its SHA-256 as its first field, \"{SealedJson.Field}\"");
        if (state.Version is not (CurrentVersion or UnsealedVersion) || (isSealed && state.Version == UnsealedVersion))
            throw new JsonException($"expected version {CurrentVersion} of the format, got {state.Version}; use the version of Kappa that wrote it");
        if (state.Optimizer?.Kind is null || state.Optimizer.Numbers is null || state.Generator is null || state.Files is null)
            throw new JsonException($"the field {Missing(state)} is missing");
        if (state.Step < 0 || state.Generator.Position is < 0 or > 3)
            throw new JsonException($"expected a step of zero or more and a generator position from 0 to 3, got {state.Step} and {state.Generator.Position}");
        return state;
    }

    private static string Missing(CheckpointState state) => state switch
    {
        { Optimizer: null } => "optimizer",
        { Optimizer.Kind: null } => "optimizer.kind",
        { Optimizer.Numbers: null } => "optimizer.numbers",
        { Generator: null } => "generator",
        _ => "files",
    };

    private static CheckpointState? Deserialize(byte[] text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, CheckpointJson.Default.CheckpointState);
        }
        catch (JsonException error)
        {
            throw new JsonException($"it is not the JSON of a checkpoint: {error.Message}", error);
        }
    }

    /// <summary>The optimizer's kind and numbers.</summary>
    internal sealed record OptimizerPart(string Kind, SortedDictionary<string, double> Numbers);

    /// <summary>What a file beside this one must look like.</summary>
    internal sealed record FilePart(long Bytes, string Sha256);
}
