namespace Kappa.Lab.Studies.Methods;

/// <summary>An optimizer that a config may name.</summary>
/// <param name="name">What a config calls it, such as <c>adamw</c>.</param>
/// <param name="title">What tables and plots call it, such as <c>AdamW</c>.</param>
/// <param name="summary">One sentence for <c>kappa optimizers</c>.</param>
public abstract class OptimizerKind(string name, string title, string summary) : Kind
{
    /// <summary>What a name begins with where activation preconditioning goes in front.</summary>
    internal const string Prefix = "dopr-";

    /// <inheritdoc/>
    public override string Name => name;

    /// <summary>What tables and plots call it.</summary>
    public string Title => title;

    /// <inheritdoc/>
    public override string Summary => summary;

    /// <inheritdoc/>
    public override string Noun => "optimizer";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Aliases => [Prefix + name];

    /// <summary>Makes it.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="settings">A record of its settings.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="onWarning">Takes what it warns of; null drops it.</param>
    /// <exception cref="ArgumentException">A setting does not go with the model.</exception>
    public abstract Optimizer Create(Module model, object settings, double learningRate, Action<string>? onWarning);
}

/// <summary>An optimizer whose settings are a record.</summary>
internal sealed class OptimizerKind<TSettings>(string name, string title, string summary, Func<Module, TSettings, double, Action<string>?, Optimizer> create)
    : OptimizerKind(name, title, summary)
    where TSettings : class
{
    public override SettingsType SettingsType => SettingsOf<TSettings>.Type;

    public override Optimizer Create(Module model, object settings, double learningRate, Action<string>? onWarning) =>
        create(model, (TSettings)settings, learningRate, onWarning);
}
