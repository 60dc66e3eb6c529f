namespace Kappa.Cli.Tests;

/// <summary>A comparison that takes about a second.</summary>
internal static class SmallConfig
{
    internal const string Json = """
        {
          "name": "small",
          "task": { "name": "linear-control", "examples": 200, "validationExamples": 50, "horizon": 10 },
          "optimizers": [ { "name": "adamw" }, { "name": "dopr-muon", "matrices": "all" } ],
          "learningRates": [0.003],
          "seeds": 2,
          "steps": 20,
          "batchSize": 32
        }
        """;

    internal static string WriteTo(TemporaryFolder folder, string json = Json)
    {
        File.WriteAllText(folder["run.json"], json);
        return folder["run.json"];
    }
}
