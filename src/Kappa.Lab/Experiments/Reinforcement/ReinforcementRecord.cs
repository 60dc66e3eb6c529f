namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>What a run has measured so far.</summary>
internal sealed class ReinforcementRecord
{
    /// <summary>The mean return of each iteration.</summary>
    internal List<double> Returns { get; } = [];

    /// <summary>What changed, of each finished world.</summary>
    internal List<double> Worlds { get; } = [];

    /// <summary>The policy at the end of each world.</summary>
    internal List<NetworkDiagnosis> Diagnoses { get; } = [];

    /// <summary>Worlds, from 1, that ended in a number that is not finite.</summary>
    internal List<int> NonFiniteWorlds { get; } = [];

    internal string? FirstFailure { get; set; }

    internal JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["returns"] = CellResult.Json(Returns),
            ["worlds"] = CellResult.Json(Worlds),
            ["nonFiniteWorlds"] = CellResult.Json(NonFiniteWorlds.Select(world => (double)world)),
            ["firstFailure"] = FirstFailure,
        };
        foreach (var (name, _, of) in NetworkDiagnosis.Numbers)
            json[name] = CellResult.Json(Diagnoses.Select(of));
        return json;
    }

    internal static ReinforcementRecord FromJson(JsonElement json)
    {
        var read = new CellResult("", JsonObject.Create(json)!);
        var record = new ReinforcementRecord { FirstFailure = read.Value["firstFailure"]?.GetValue<string>() };
        record.Returns.AddRange(read.Numbers("returns"));
        record.Worlds.AddRange(read.Numbers("worlds"));
        record.NonFiniteWorlds.AddRange(read.Numbers("nonFiniteWorlds").Select(world => (int)world));
        record.Diagnoses.AddRange(NetworkDiagnosis.Read(read, record.Worlds.Count));
        return record;
    }
}
