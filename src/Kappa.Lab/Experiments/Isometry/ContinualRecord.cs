namespace Kappa.Lab.Experiments.Isometry;

/// <summary>What a run has measured so far, task by task.</summary>
internal sealed class ContinualRecord
{
    internal List<double> FinalAccuracy { get; } = [];

    internal List<double> OnlineAccuracy { get; } = [];

    internal List<double> TestAccuracy { get; } = [];

    /// <summary>The number of tasks done at each diagnosis.</summary>
    internal List<int> DiagnosedAt { get; } = [];

    internal List<NetworkDiagnosis> Diagnoses { get; } = [];

    /// <summary>Tasks, from 1, that ended in a number that is not finite.</summary>
    internal List<int> NonFiniteTasks { get; } = [];

    internal string? FirstFailure { get; set; }

    internal JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["finalAccuracy"] = CellResult.Json(FinalAccuracy),
            ["onlineAccuracy"] = CellResult.Json(OnlineAccuracy),
            ["testAccuracy"] = CellResult.Json(TestAccuracy),
            ["diagnosedAt"] = CellResult.Json(DiagnosedAt.Select(at => (double)at)),
            ["nonFiniteTasks"] = CellResult.Json(NonFiniteTasks.Select(task => (double)task)),
            ["firstFailure"] = FirstFailure,
        };
        foreach (var (name, _, of) in NetworkDiagnosis.Numbers)
            json[name] = CellResult.Json(Diagnoses.Select(of));
        return json;
    }

    internal static ContinualRecord FromJson(JsonElement json)
    {
        var read = new CellResult("", JsonObject.Create(json)!);
        var record = new ContinualRecord { FirstFailure = read.Value["firstFailure"]?.GetValue<string>() };
        record.FinalAccuracy.AddRange(read.Numbers("finalAccuracy"));
        record.OnlineAccuracy.AddRange(read.Numbers("onlineAccuracy"));
        record.TestAccuracy.AddRange(read.Numbers("testAccuracy"));
        record.DiagnosedAt.AddRange(read.Numbers("diagnosedAt").Select(at => (int)at));
        record.NonFiniteTasks.AddRange(read.Numbers("nonFiniteTasks").Select(task => (int)task));
        record.Diagnoses.AddRange(NetworkDiagnosis.Read(read, record.DiagnosedAt.Count));
        return record;
    }
}
