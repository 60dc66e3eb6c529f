namespace Kappa.Lab.Studies.Methods;

/// <summary>A way to keep plasticity that a config may put behind any optimizer: it wraps the optimizer.</summary>
/// <param name="name">What a config calls it, such as <c>redo</c>.</param>
/// <param name="title">What tables and plots call it, such as <c>ReDo</c>.</param>
/// <param name="summary">One sentence for <c>kappa optimizers</c>.</param>
public abstract class RemedyKind(string name, string title, string summary) : Kind
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <summary>What tables and plots call it.</summary>
    public string Title => title;

    /// <inheritdoc/>
    public override string Summary => summary;

    /// <inheritdoc/>
    public override string Noun => "remedy";

    /// <summary>Wraps an optimizer.</summary>
    /// <param name="inner">The optimizer.</param>
    /// <param name="model">What it trains.</param>
    /// <param name="settings">A record of the remedy's settings.</param>
    /// <param name="generator">For what the remedy draws; does not advance.</param>
    /// <exception cref="ArgumentException">A setting does not go with the model.</exception>
    public abstract Optimizer Wrap(Optimizer inner, Module model, object settings, Philox generator);
}

/// <summary>A remedy whose settings are a record.</summary>
internal sealed class RemedyKind<TSettings>(string name, string title, string summary, Func<Optimizer, Module, TSettings, Philox, Optimizer> wrap)
    : RemedyKind(name, title, summary)
    where TSettings : class
{
    public override SettingsType SettingsType => SettingsOf<TSettings>.Type;

    public override Optimizer Wrap(Optimizer inner, Module model, object settings, Philox generator) => wrap(inner, model, (TSettings)settings, generator);
}
