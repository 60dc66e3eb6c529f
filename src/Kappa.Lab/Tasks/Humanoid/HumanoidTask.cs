namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>Clone a model-based expert that controls a simulated humanoid, then let the policy control it.</summary>
/// <remarks>Source: the robot-policy experiment of Zhang et al. (2026), "Double Preconditioning (DoPr)", arXiv 2606.06418, on another model, expert and tasks:
/// MuJoCo's stock humanoid under a linear-quadratic expert.</remarks>
public sealed class HumanoidTask : LabTask
{
    private readonly Func<HumanoidScenario> _scenario;

    private HumanoidTask(string name, string summary, Func<HumanoidScenario> scenario) => (Name, Summary, _scenario) = (name, summary, scenario);

    /// <summary>The task <c>humanoid-squat</c>: follow a commanded squat.</summary>
    public static HumanoidTask Squat { get; } = new(
        "humanoid-squat",
        "Clone an expert that lets a simulated humanoid follow a commanded squat, then let the policy control it (needs MuJoCo).",
        () => HumanoidScenario.SquatTracking());

    /// <summary>The task <c>humanoid-balance</c>: stand on two feet.</summary>
    public static HumanoidTask Balance { get; } = new(
        "humanoid-balance",
        "Clone a stiff expert that keeps a simulated humanoid standing on two feet, then let the policy control it (needs MuJoCo).",
        () => HumanoidScenario.TwoFeetBalance());

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Summary { get; }

    /// <inheritdoc/>
    public override SettingsType SettingsType => SettingsOf<HumanoidSettings>.Type;

    /// <inheritdoc/>
    public override string? Unavailable
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
    /// <exception cref="MujocoException">libmujoco is unavailable; the message names the package to install.</exception>
    protected override PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation) =>
        new PreparedHumanoid(_scenario(), (HumanoidSettings)settings, progress, cancellation);
}
