using System.Text.Json.Nodes;
using Kappa.Checkpoints;

namespace Kappa.Tests.Checkpoints;

/// <summary>The <c>state.json</c> of a checkpoint, with other contents than were saved.</summary>
internal static class StateFile
{
    /// <summary>Changes it, and seals it anew.</summary>
    internal static void Edit(string path, Action<JsonObject> change)
    {
        var json = SealedJson.Open(File.ReadAllBytes(path));
        change(json);
        File.WriteAllBytes(path, SealedJson.Seal(json));
    }
}
