namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>Clone a model-based expert that controls a simulated humanoid, then let the policy control it.</summary>
/// <remarks>
/// Source: the robot-policy experiment of Zhang et al. (2026), "Double Preconditioning (DoPr)", arXiv 2606.06418, on another model, expert and
/// tasks: MuJoCo's stock humanoid under a linear-quadratic expert.
/// </remarks>
public abstract class HumanoidTask : LabTask
{
    private protected HumanoidTask()
    {
    }

    /// <inheritdoc/>
    public sealed override SettingsType SettingsType => SettingsOf<HumanoidSettings>.Type;

    /// <inheritdoc/>
    public sealed override string? Unavailable
    {
        get
        {
            if (!MujocoLibrary.IsAvailable)
                return MujocoLibrary.UnavailableReason;
            try
            {
                _ = HumanoidModelFile.Locate();
                return null;
            }
            catch (FileNotFoundException e)
            {
                return e.Message;
            }
        }
    }

    /// <summary>Designs the expert and generates demonstrations and evaluation starts.</summary>
    /// <param name="settings">A record of the settings.</param>
    /// <param name="progress">Takes the share done; may be null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="MujocoException">libmujoco is unavailable; the message names the package to install.</exception>
    protected sealed override PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation) =>
        new PreparedHumanoid(MakeScenario(), (HumanoidSettings)settings, progress, cancellation);

    private protected abstract HumanoidScenario MakeScenario();
}
