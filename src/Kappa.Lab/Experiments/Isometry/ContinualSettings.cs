using Kappa.Lab.Settings;

namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Settings of a continual benchmark: one network learns one task after another.</summary>
public sealed record ContinualSettings : IExperimentSettings
{
    /// <summary><c>fashion</c> (Fashion-MNIST) or <c>digits</c>.</summary>
    public string Data { get; init; } = "fashion";

    /// <summary><c>mlp</c> or <c>conv</c>.</summary>
    public string Network { get; init; } = "mlp";

    /// <summary>Units of each hidden layer; for <c>conv</c> those of the linear one, and a quarter and half of it as channels.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Hidden layers of the <c>mlp</c>.</summary>
    public int Depth { get; init; } = 4;

    /// <summary>The square of the singular values at the start, and AdamO's target; 2 makes up for the half that ReLU drops.</summary>
    public double Target { get; init; } = 2;

    /// <summary>Tasks.</summary>
    public int Tasks { get; init; } = 20;

    /// <summary>Training examples of a task (of all classes together, where classes arrive one by one).</summary>
    public int Examples { get; init; } = 2000;

    /// <summary>Test examples; 0 where there is nothing to generalise to.</summary>
    public int TestExamples { get; init; } = 1000;

    /// <summary>Passes over a task's examples.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Examples of a step.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>The methods (<see cref="ContinualMethods"/>).</summary>
    public string[] Methods { get; init; } = ["adamw", "adamo"];

    /// <summary>Learning rates to choose from, for every method alike.</summary>
    public double[] LearningRates { get; init; } = [3e-4, 1e-3, 3e-3];

    /// <summary>Tasks of a run that chooses the learning rate and strength. Fewer than <see cref="Tasks"/> favours rates that are fast at first and lose plasticity later.</summary>
    public int TuningTasks { get; init; } = 20;

    /// <summary>Seeds of those runs; they are not among the reported ones.</summary>
    public int TuningSeeds { get; init; } = 1;

    /// <summary>Seeds that are reported.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Tasks at either end whose accuracies are compared.</summary>
    public int Window { get; init; } = 5;

    /// <summary>Tasks from one diagnosis of the network to the next.</summary>
    public int DiagnoseEvery { get; init; } = 2;

    /// <summary>Tasks from one checkpoint to the next.</summary>
    public int SaveEvery { get; init; } = 10;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ConfigException">One has a value that it may not have.</exception>
    public void Validate()
    {
        Require(Data is "fashion" or "digits", nameof(Data), "\"fashion\" or \"digits\"", Data);
        Require(Network is "mlp" or "conv", nameof(Network), "\"mlp\" or \"conv\"", Network);
        foreach (var (name, value) in new[] { (nameof(Width), Width), (nameof(Depth), Depth), (nameof(Tasks), Tasks), (nameof(Examples), Examples), (nameof(Epochs), Epochs), (nameof(BatchSize), BatchSize),
            (nameof(TuningTasks), TuningTasks), (nameof(TuningSeeds), TuningSeeds), (nameof(Seeds), Seeds), (nameof(Window), Window), (nameof(DiagnoseEvery), DiagnoseEvery), (nameof(SaveEvery), SaveEvery) })
            Require(value >= 1, name, "1 or more", value);
        Require(Width % 4 == 0, nameof(Width), "a multiple of 4", Width);
        Require(BatchSize <= Examples, nameof(BatchSize), $"at most the {Examples} examples of a task", BatchSize);
        Require(2 * Window <= Tasks, nameof(Window), $"at most half of the {Tasks} tasks", Window);
        Require(TestExamples >= 0, nameof(TestExamples), "0 or more", TestExamples);
        Require(double.IsFinite(Target) && Target > 0, nameof(Target), "a number above 0", Target);
        SettingChecks.Rates(nameof(LearningRates), LearningRates);
        Require(Methods is { Length: > 0 } && Methods.Distinct().Count() == Methods.Length, nameof(Methods), "one method or more, each once", string.Join(", ", Methods ?? []));
        foreach (string method in Methods!)
            _ = ContinualMethods.Find(method);
    }

    private static void Require(bool isMet, string name, string expected, object got)
    {
        if (!isMet)
            throw new ConfigException($"{char.ToLowerInvariant(name[0])}{name[1..]}: expected {expected}; got {got}");
    }
}
