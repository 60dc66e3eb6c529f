namespace Kappa.Lab.Tasks.Control;

/// <summary>Imitate a linear controller from demonstrations that vary much in some directions and little in others, then run the closed loop.</summary>
/// <remarks>
/// <para>Plant <c>s' = A s + B a + w</c>, demonstrator <c>a = K* s</c>, learner <c>K = F G</c>. The one-step loss weighs an error in K by the variance of the
/// demonstrated states; the closed loop, driven by noise from all sides, weighs it otherwise. Everything about the deployment is exact: no simulation.</para>
/// <para>Source: the linear-control experiment of Zhang et al. (2026), "Double Preconditioning (DoPr)", arXiv 2606.06418.</para>
/// </remarks>
public sealed class LinearControlTask : LabTask
{
    internal const string TaskName = "linear-control";

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override string Summary =>
        "Imitate a linear controller from states of ill-conditioned covariance, then run the closed loop; its cost is computed exactly.";

    /// <inheritdoc/>
    public override SettingsType SettingsType => SettingsOf<LinearControlSettings>.Type;

    /// <summary>Draws the plant, the demonstrator and the demonstrations. Takes milliseconds.</summary>
    /// <exception cref="ConfigException">No demonstrator of the rank stabilises the plant.</exception>
    protected override PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation)
    {
        var prepared = new PreparedLinearControl((LinearControlSettings)settings);
        progress?.Report(1);
        return prepared;
    }
}
