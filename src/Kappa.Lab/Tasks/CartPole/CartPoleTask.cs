namespace Kappa.Lab.Tasks.CartPole;

/// <summary>Clone a model-predictive expert that swings up a pole on a cart and holds it, from states or pictures, then let the policy control it.</summary>
public sealed class CartPoleTask : LabTask
{
    internal const string TaskName = "cartpole";

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override string Summary =>
        "Clone an expert that swings up a pole on a cart and holds it, from states or pictures, then let the policy control it (needs MuJoCo).";

    /// <inheritdoc/>
    public override SettingsType SettingsType => SettingsOf<CartPoleSettings>.Type;

    /// <inheritdoc/>
    public override string? Unavailable => MujocoLibrary.IsAvailable ? null : MujocoLibrary.UnavailableReason;

    /// <summary>Lets the expert demonstrate.</summary>
    /// <exception cref="MujocoException">libmujoco is unavailable; the message names the package to install.</exception>
    /// <exception cref="ConfigException">The expert fails too often under the noise that the settings ask for.</exception>
    protected override PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation) =>
        new PreparedCartPole((CartPoleSettings)settings, progress, cancellation);
}
