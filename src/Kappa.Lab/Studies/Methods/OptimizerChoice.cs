namespace Kappa.Lab.Studies.Methods;

/// <summary>An optimizer, with activation preconditioning in front of it and a remedy for lost plasticity behind it where those are asked for.</summary>
public record OptimizerChoice : ICompletedSettings
{
    /// <summary>The optimizer.</summary>
    [Setting("the optimizer's", Flat = true)]
    public required Choice<OptimizerKind> Base { get; init; }

    /// <summary>Activation preconditioning; null for none.</summary>
    [Setting("DoPr: solve each linear layer's gradient by the second moment of its inputs first")]
    public Switched<DoPrOptions>? ActivationPreconditioning { get; init; }

    /// <summary>The remedy; null for none.</summary>
    [Setting("what keeps the network able to learn, around the optimizer", AllowName = true)]
    public Choice<RemedyKind>? Remedy { get; init; }

    /// <summary>What tables and plots call it.</summary>
    public string Title
    {
        get
        {
            string title = ActivationPreconditioning is null ? Base.Kind.Title : $"DoPr-{Base.Kind.Title}";
            title += ActivationPreconditioning?.Settings?.Layers switch
            {
                LayerSelection.First => " (first layer)",
                LayerSelection.AllButFirst => " (hidden layers)",
                _ => "",
            };
            return Remedy is null ? title : $"{title} + {Remedy.Kind.Title}";
        }
    }

    /// <summary>Reads a text such as <c>muon</c> or <c>dopr-adamw + redo</c>: every setting has its default.</summary>
    /// <exception cref="ConfigException">There is no such optimizer or remedy.</exception>
    internal static OptimizerChoice Parse(string text, string path, Choices choices)
    {
        string[] parts = [.. text.Split('+').Select(part => part.Trim())];
        if (parts.Length > 2)
            throw new ConfigException($"{path}: expected an optimizer, or an optimizer + a remedy; got \"{text}\"");
        var kind = choices.Find<OptimizerKind>(parts[0], path);
        var choice = new OptimizerChoice
        {
            Base = new Choice<OptimizerKind>(kind),
            ActivationPreconditioning = parts[0] == kind.Name ? null : new Switched<DoPrOptions>(new DoPrOptions()),
        };
        return parts.Length == 1 ? choice : choice with { Remedy = new Choice<RemedyKind>(choices.Find<RemedyKind>(parts[1], path)) };
    }

    /// <summary>Makes the optimizer of one run.</summary>
    /// <param name="model">The run's model.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="generator">For what a remedy draws; does not advance.</param>
    /// <param name="onWarning">Takes what the optimizer warns of, such as a gradient that it leaves as it is; null drops it.</param>
    /// <exception cref="ConfigException">A setting does not go with the model.</exception>
    public Optimizer Create(Module model, double learningRate, Philox generator, Action<string>? onWarning = null)
    {
        try
        {
            var optimizer = Base.Kind.Create(model, Base.Settings, learningRate, onWarning);
            if (ActivationPreconditioning?.Settings is { } preconditioning)
                optimizer = new DoPr(optimizer, model, preconditioning with { OnWarning = onWarning });
            return Remedy is null ? optimizer : Remedy.Kind.Wrap(optimizer, model, Remedy.Settings, generator);
        }
        catch (ArgumentException error)
        {
            throw new ConfigException(InWordsOfConfig(error.Message.Split(" (Parameter", 2)[0].ReplaceLineEndings(" ")));
        }
    }

    /// <summary>Finds what does not go together while the config is read, rather than when the first trial starts.</summary>
    internal void RequireMakes(SettingsCheck check, IEnumerable<double> learningRates)
    {
        foreach (double rate in learningRates)
        {
            var model = new Sequential(new Linear(2, 2), new ReLU(), new Linear(2, 2), new ReLU(), new Linear(2, 1));
            check.Library(() => (Create(model, rate, new Philox(0)) as IDisposable)?.Dispose());
        }
    }

    object ICompletedSettings.Complete(SettingsCheck check)
    {
        bool isOff = ActivationPreconditioning is { Settings: null };
        if (Base.As == Base.Name)
            return isOff ? this with { ActivationPreconditioning = null } : this;
        if (isOff)
            throw check.Fault(nameof(ActivationPreconditioning), $"false contradicts the name, which begins with {OptimizerKind.Prefix}; drop one of them");
        return this with
        {
            Base = Base with { As = Base.Name },
            ActivationPreconditioning = ActivationPreconditioning ?? new Switched<DoPrOptions>(new DoPrOptions()),
        };
    }

    /// <summary>The library names its own types in the way out; a config has other words for them.</summary>
    private static string InWordsOfConfig(string message) => message
        .Replace("MuonMatrices.All", "\"matrices\": \"all\"", StringComparison.Ordinal)
        .Replace("MuonMatrices.Hidden", "\"matrices\": \"hidden\"", StringComparison.Ordinal);
}
