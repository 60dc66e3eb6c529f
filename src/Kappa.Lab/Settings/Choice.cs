namespace Kappa.Lab.Settings;

/// <summary>A kind that was chosen, with its settings.</summary>
/// <param name="Settings">A record of the kind's settings.</param>
/// <param name="As">The name it was chosen by: its own, or an alias.</param>
public abstract record Choice(object Settings, string As)
{
    /// <summary>The kind, whatever it is of.</summary>
    public abstract Kind Of { get; }

    /// <summary>What a config calls the kind.</summary>
    public string Name => Of.Name;
}

/// <summary>A kind that was chosen, with its settings.</summary>
/// <typeparam name="TKind">What there is to choose from.</typeparam>
/// <param name="Kind">The kind.</param>
/// <param name="Settings">A record of the kind's settings.</param>
/// <param name="As">The name it was chosen by: its own, or an alias.</param>
public sealed record Choice<TKind>(TKind Kind, object Settings, string As) : Choice(Settings, As)
    where TKind : Kind
{
    /// <summary>Chooses a kind with its settings at their defaults.</summary>
    /// <param name="kind">The kind.</param>
    public Choice(TKind kind)
        : this(kind, Defaults(kind), kind.Name)
    {
    }

    /// <inheritdoc/>
    public override Kind Of => Kind;

    private static object Defaults(TKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return kind.SettingsType.Defaults();
    }
}
