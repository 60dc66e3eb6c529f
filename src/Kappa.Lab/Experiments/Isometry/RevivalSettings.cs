using Kappa.Lab.Settings;

namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Settings of the revival of dead units.</summary>
public sealed record RevivalSettings : IExperimentSettings
{
    /// <summary><c>fashion</c> or <c>digits</c>.</summary>
    public string Data { get; init; } = "fashion";

    /// <summary>Units of each hidden layer.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Hidden layers, 2 or more; units of all but the first are killed.</summary>
    public int Depth { get; init; } = 4;

    /// <summary>The share of units to kill in each of those layers, above 0 and at most 1.</summary>
    public double Share { get; init; } = 0.5;

    /// <summary>Training examples.</summary>
    public int Examples { get; init; } = 2000;

    /// <summary>Examples of a step.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Steps after the killing.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Steps from one count of the awake to the next.</summary>
    public int CountEvery { get; init; } = 100;

    /// <summary>The learning rate, for all methods.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Methods with their strengths, such as <c>adamo 0.1</c>.</summary>
    public string[] Methods { get; init; } = ["adamw 0", "adamw 0.1", "adamo 0.001", "adamo 0.1", "adamo 1", "coupled 0.001", "redo 0.03"];

    /// <summary>How units die: <c>weights</c> (incoming weights become negative, so that non-negative inputs give nothing) and <c>bias</c> (the bias becomes -50).</summary>
    public string[] Deaths { get; init; } = ["weights", "bias"];

    /// <summary>Seeds.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ConfigException">One has a value that it may not have.</exception>
    public void Validate()
    {
        foreach (var (name, value, least) in new[] { ("width", Width, 4), ("depth", Depth, 2), ("examples", Examples, 1), ("batchSize", BatchSize, 1), ("steps", Steps, 1), ("countEvery", CountEvery, 1), ("seeds", Seeds, 1) })
        {
            if (value < least)
                throw new ConfigException($"{name}: expected {least} or more; got {value}");
        }

        if (Share is not (> 0 and <= 1))
            throw new ConfigException($"share: expected a number above 0 and at most 1; got {Share}");
        SettingChecks.Require(double.IsFinite(LearningRate) && LearningRate >= 0, nameof(LearningRate), "a number of 0 or more", LearningRate);
        if (BatchSize > Examples)
            throw new ConfigException($"batchSize: expected at most the {Examples} examples; got {BatchSize}");
        if (Data is not ("fashion" or "digits"))
            throw new ConfigException($"data: expected \"fashion\" or \"digits\"; got {Data}");
        if (Deaths.FirstOrDefault(death => death is not ("weights" or "bias")) is { } wrong)
            throw new ConfigException($"deaths: expected \"weights\" or \"bias\"; got {wrong}");
        SettingChecks.Names(nameof(Methods), Methods);
        SettingChecks.Names(nameof(Deaths), Deaths);
        foreach (string method in Methods)
            _ = Parse(method);
    }

    /// <summary>A method and its strength.</summary>
    internal static (ContinualMethod Method, double Strength) Parse(string text)
    {
        string[] parts = text.Split(' ');
        return parts.Length == 2
            && double.TryParse(parts[1], System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double strength)
            && double.IsFinite(strength) && strength >= 0
            ? (ContinualMethods.Find(parts[0]), strength)
            : throw new ConfigException($"methods: expected a name and a strength, such as \"adamo 0.1\"; got \"{text}\"");
    }

    /// <summary>The same sizes, as those of a network for tasks.</summary>
    internal ContinualSettings ForNetwork() => new() { Data = Data, Width = Width, Depth = Depth, Examples = Examples, TestExamples = 0, BatchSize = BatchSize };
}
