namespace Kappa.Lab.Tasks.Flow;

/// <summary>Learn a velocity field from noise to pictures, or to points in the plane, by one-step regression, then let it run along its own points.</summary>
/// <remarks>Source: Lipman, Chen, Ben-Hamu, Nickel and Le (2022), "Flow matching for generative modeling", arXiv 2210.02747. The loss is taken at points
/// between noise and data; a sample begins at noise and meets the points that the model itself makes, the more often the more integration steps there are.
/// That difference is what Zhang and others (2026), "Double Preconditioning (DoPr)", arXiv 2606.06418, call test-time feedback.</remarks>
public sealed class FlowTask : LabTask
{
    internal const string TaskName = "flow";

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override string Summary =>
        "Learn by flow matching to generate pictures, or points of a checkerboard; judged by what the model makes when its steps are fed back.";

    /// <inheritdoc/>
    public override SettingsType SettingsType => SettingsOf<FlowSettings>.Type;

    /// <summary>Reads the pictures and trains the classifier that compares them, which takes seconds; or draws points.</summary>
    /// <exception cref="FileNotFoundException">The data set is not installed; the message names the command that installs it.</exception>
    protected override PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation)
    {
        var given = (FlowSettings)settings;
        var generator = new Philox((ulong)given.DataSeed).Split(TaskName);
        if (!given.ArePictures)
        {
            int count = given.Examples == 0 ? 10_000 : given.Examples;
            var training = BoardJudge.Points(count, generator.Split("training points"));
            var validation = BoardJudge.Points(given.ValidationExamples, generator.Split("validation points"));
            progress?.Report(1);
            return new PreparedFlow(given, training, validation, new BoardJudge(given, generator), generator);
        }
        var pictures = FlowPictures.Load(given, generator.Split("pictures"), cancellation);
        var classifier = FeatureClassifier.Train(pictures, given, generator.Split("classifier"), progress, cancellation);
        return new PreparedFlow(
            given, pictures.Training, pictures.Validation, new PictureJudge(pictures, classifier, given, generator, cancellation), generator)
        {
            Sources = new Dictionary<string, string> { [pictures.Package] = pictures.Fingerprint },
            About = string.Create(
                CultureInfo.InvariantCulture,
                $"Features are those of a small convolutional classifier that was trained on the same pictures; it tells the class of "
                + $"{100 * classifier.Accuracy:0.0}% of the {pictures.Validation.Count} validation pictures."),
        };
    }
}
