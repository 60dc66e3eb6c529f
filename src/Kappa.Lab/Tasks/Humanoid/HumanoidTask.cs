using System.Text.Json;
using Kappa.Lab.Settings;
using Kappa.Mujoco;

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
    public sealed override IReadOnlyList<SettingDescription> Settings => HumanoidSettings.Descriptions;

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
    /// <param name="settings">A JSON object with some of <see cref="Settings"/>, or null for all defaults.</param>
    /// <param name="progress">Takes the share done; may be null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="ConfigException">A setting is unknown or out of range.</exception>
    /// <exception cref="MujocoException">libmujoco is unavailable; the message names the package to install.</exception>
    public sealed override PreparedTask Prepare(JsonElement? settings, IProgress<double>? progress, CancellationToken cancellation) =>
        new PreparedHumanoid(MakeScenario(), HumanoidSettings.Read(settings), progress, cancellation);

    private protected abstract HumanoidScenario MakeScenario();
}
