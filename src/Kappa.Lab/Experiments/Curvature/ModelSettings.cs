namespace Kappa.Lab.Experiments.Curvature;

/// <summary>What the experiments of the curvature paper have in common: which models are trained, and at which sizes they are probed. The defaults take minutes
/// on two cores.</summary>
internal record ModelSettings : ICompletedSettings, ICheckedSettings
{
    [Setting("networks: transformer on the Brown corpus, mlp and conv on Fashion-MNIST", OneOf = ["transformer", "mlp", "conv"], OnceEach = true)]
    public IReadOnlyList<string> Networks { get; init; } = ["transformer"];

    [Setting("optimizers that train them, such as muon or \"dopr-adamw + redo\"", OnceEach = true)]
    public IReadOnlyList<string> Optimizers { get; init; } = ["adamw"];

    [Setting("orders of the samples; each is a cell", AtLeast = 1, AtMost = 10_000)]
    public int Seeds { get; init; } = 4;

    [Setting("width of the transformer", AtLeast = 1, AtMost = 1 << 20)]
    public int Width { get; init; } = 64;

    [Setting("its blocks", AtLeast = 0, AtMost = 1 << 20)]
    public int Layers { get; init; } = 2;

    [Setting("tokens of a sequence", AtLeast = 1, AtMost = 1 << 20)]
    public int ContextLength { get; init; } = 64;

    [Setting(OwnData.Meaning + "; text for the transformer, classes or numbers for the mlp, pictures for conv")]
    public Choice<DataKind>? Data { get; init; }

    [Setting("steps of training", AtLeast = 1, AtMost = ComparisonConfig.MaximumSteps)]
    public int Steps { get; init; } = 300;

    [Setting("samples of a step", AtLeast = 1)]
    public int BatchSize { get; init; } = 16;

    [Setting("residual of the eigenpairs over |eigenvalue|", Above = 0)]
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>What configs of the models may name.</summary>
    internal Choices Choices { get; private init; } = Choices.None;

    internal IEnumerable<ProbedModel> Models => from network in Networks from optimizer in Optimizers select new ProbedModel(this, network, optimizer);

    public virtual void Check(SettingsCheck check)
    {
        if (Data is { } data)
        {
            string[] fitting = [.. Choices.Of<NetworkKind>().Where(kind => kind.Takes(data.Kind.Content)).Select(kind => kind.Name)];
            if (Networks.FirstOrDefault(network => !fitting.Contains(network)) is { } wrong)
            {
                throw check.Fault(
                    nameof(Networks), $"{wrong} does not take what {data.Name} holds; give those that do, such as --set networks=[\"{fitting[0]}\"]");
            }
        }
        foreach (string optimizer in Optimizers)
            _ = OptimizerChoice.Parse(optimizer, "optimizers", Choices);
        foreach (var model in Models)
            _ = model.Read();
    }

    object ICompletedSettings.Complete(SettingsCheck check) => this with { Choices = check.Choices };
}
