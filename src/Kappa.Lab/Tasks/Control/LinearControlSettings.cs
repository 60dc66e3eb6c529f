using System.Text.Json;
using Kappa.Lab.Settings;

namespace Kappa.Lab.Tasks.Control;

/// <summary>The settings of the linear-control task.</summary>
internal sealed record LinearControlSettings
{
    public const string RawInputs = "raw";
    public const string StandardizedInputs = "standardised";
    public const string WhitenedInputs = "whitened";

    private static readonly LinearControlSettings Defaults = new();

    public int States { get; init; } = 8;

    public int Actions { get; init; } = 4;

    public int Rank { get; init; } = 4;

    public double SpectralRadius { get; init; } = 1.05;

    public double Condition { get; init; } = 1e4;

    public int Hidden { get; init; } = 16;

    public string Inputs { get; init; } = RawInputs;

    public double Noise { get; init; } = 0;

    public int Examples { get; init; } = 4096;

    public int ValidationExamples { get; init; } = 1024;

    public int Horizon { get; init; } = 100;

    public int SystemSeed { get; init; }

    public static IReadOnlyList<SettingDescription> Descriptions { get; } =
    [
        new("states", "integer", Json(Defaults.States), "dimension n of the state, 1 to 64"),
        new("actions", "integer", Json(Defaults.Actions), "dimension of the action, 1 to 64"),
        new("rank", "integer", Json(Defaults.Rank), "rank d of the demonstrator's gain, 1 to min(states, actions)"),
        new("spectralRadius", "number", Json(Defaults.SpectralRadius), "spectral radius of A; above 1 the plant is unstable without control; 0 to 2"),
        new("condition", "number", Json(Defaults.Condition), "condition number of the covariance of the demonstrated states, 1 to 1e8"),
        new("hidden", "integer", Json(Defaults.Hidden), "hidden width of the learner K = F G, at least rank, at most 1024"),
        new("inputs", "string", Json(Defaults.Inputs), "what the learner sees: states as they are, each coordinate scaled to variance 1, or PCA-whitened",
            [RawInputs, StandardizedInputs, WhitenedInputs]),
        new("noise", "number", Json(Defaults.Noise), "standard deviation of the noise on demonstrated actions, 0 to 10"),
        new("examples", "integer", Json(Defaults.Examples), "training examples, more than states, at most 1e6"),
        new("validationExamples", "integer", Json(Defaults.ValidationExamples), "validation examples, 1 to 1e6"),
        new("horizon", "integer", Json(Defaults.Horizon), "steps of the deployment, 1 to 10000"),
        new("systemSeed", "integer", Json(Defaults.SystemSeed), "draws the plant and the demonstrations, 0 or more"),
    ];

    /// <summary>Reads and checks settings.</summary>
    /// <exception cref="ConfigException">A setting is unknown or out of range.</exception>
    public static LinearControlSettings Read(JsonElement? json)
    {
        var reader = new SettingsReader(json, "task", Descriptions);
        int states = reader.Integer("states", 1, 64);
        int actions = reader.Integer("actions", 1, 64);
        int largestRank = Math.Min(states, actions);
        // A plant smaller than the default rank needs no mention of it.
        int rank = reader.IsGiven("rank") ? reader.Integer("rank", 1, largestRank) : Math.Min(Defaults.Rank, largestRank);
        return new LinearControlSettings
        {
            States = states,
            Actions = actions,
            Rank = rank,
            SpectralRadius = reader.Number("spectralRadius", 0, 2, exclusiveMinimum: true),
            Condition = ReadCondition(reader, states),
            Hidden = reader.IsGiven("hidden") ? reader.Integer("hidden", rank, 1024) : Math.Max(Defaults.Hidden, rank),
            Inputs = reader.Text("inputs"),
            Noise = reader.Number("noise", 0, 10),
            Examples = reader.Integer("examples", states + 1, 1_000_000),
            ValidationExamples = reader.Integer("validationExamples", 1, 1_000_000),
            Horizon = reader.Integer("horizon", 1, 10_000),
            SystemSeed = reader.Integer("systemSeed", 0),
        };
    }

    private static double ReadCondition(SettingsReader reader, int states)
    {
        double condition = reader.Number("condition", 1, 1e8);
        return states > 1 || condition == 1 || !reader.IsGiven("condition")
            ? (states > 1 ? condition : 1)
            : throw reader.Error("condition", "a single state has condition number 1; leave it out or set states to 2 or more");
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);
}
