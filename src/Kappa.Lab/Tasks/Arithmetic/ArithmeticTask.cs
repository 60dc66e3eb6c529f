namespace Kappa.Lab.Tasks.Arithmetic;

/// <summary>Learn to add or multiply with written-out steps, one character at a time, then do it alone: exact match of what the model writes, by the number of
/// digits.</summary>
/// <remarks>
/// The loss is of one character after the right ones; deployed, the model reads its own. Source: the question of arXiv 2606.06418, which fine-tunes language
/// models on word problems; here small models, from nothing or from a model that was pretrained on short problems or on text.
/// </remarks>
public sealed class ArithmeticTask : LabTask
{
    internal const string TaskName = "arithmetic";

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override string Summary =>
        "Add or multiply numbers with written-out steps by a transformer; judged by what it writes alone, in and beyond the digits of training.";

    /// <inheritdoc/>
    public override SettingsType SettingsType => SettingsOf<ArithmeticSettings>.Type;

    /// <summary>Draws the problems, and pretrains where asked, which takes up to a minute.</summary>
    /// <exception cref="FileNotFoundException">Pretraining is on text, and the Brown corpus is not there.</exception>
    protected override PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation) =>
        new PreparedArithmetic((ArithmeticSettings)settings, progress, cancellation);
}
