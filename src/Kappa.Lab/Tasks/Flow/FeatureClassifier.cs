namespace Kappa.Lab.Tasks.Flow;

/// <summary>A small convolutional classifier, trained on the pictures that a flow learns: what it makes of a picture before its last layer says more of what is
/// on it than pixels do.</summary>
/// <remarks>It stands where Inception-v3 does in the measure of Heusel and others (2017), which was trained on photographs. Its features are the inputs of the
/// activation before the last layer, so that none is cut off at zero. Trained by AdamW; the same bits whatever the number of threads.</remarks>
internal sealed class FeatureClassifier
{
    /// <summary>Features of a picture.</summary>
    public const int FeatureCount = 32;

    private const int BatchSize = 64;
    private const int Chunk = 500;
    private const double LearningRate = 2e-3;

    private readonly Sequential _features;
    private readonly Sequential _model;
    private readonly int _side;

    private FeatureClassifier(int side, int classes, Philox generator)
    {
        _side = side;
        int end = side / 2 / 2;
        _features = new Sequential(
            new Conv2d(1, 16, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(16, 32, 3, padding: 1), new ReLU(), new MaxPool2d(2),
            new Flatten(), new Linear(32 * end * end, FeatureCount));
        _model = new Sequential(("features", _features), ("activation", new ReLU()), ("classes", new Linear(FeatureCount, classes)));
        _ = _model.Initialize(generator.Split("initialization"));
    }

    /// <summary>The share of validation pictures whose class it tells.</summary>
    public double Accuracy { get; private set; }

    /// <summary>Trains one.</summary>
    public static FeatureClassifier Train(
        FlowPictures pictures, FlowSettings settings, Philox generator, IProgress<double>? progress, CancellationToken cancellation)
    {
        var classifier = new FeatureClassifier(settings.Side, pictures.Classes, generator);
        var order = new BatchOrder(pictures.Training.Count, Math.Min(BatchSize, pictures.Training.Count), generator.Split("data"));
        TrainingLoop loop = null!;
        loop = new TrainingLoop(new AdamW(classifier._model.Parameters(), LearningRate), () =>
        {
            int[] rows = order.Of((int)loop.Step).ToArray();
            float[] inputs = new float[rows.Length * pictures.Training.Dimension];
            for (int i = 0; i < rows.Length; i++)
                pictures.Training[rows[i]].CopyTo(inputs.AsSpan(i * pictures.Training.Dimension));
            int[] labels = [.. rows.Select(row => pictures.TrainingLabels[row])];
            var logits = classifier._model.Forward(classifier.Pictures(Tensor.From(inputs, [inputs.Length])));
            return Loss.CrossEntropy(logits, Tensor.From(labels, [labels.Length]));
        })
        {
            AfterStep = () => progress?.Report((double)loop.Step / settings.ClassifierSteps),
        };
        loop.Run(settings.ClassifierSteps, cancellation);
        classifier._model.Eval();
        classifier.Accuracy = classifier.Measure(pictures, cancellation);
        return classifier;
    }

    /// <summary>The features of pictures, <see cref="FeatureCount"/> of each.</summary>
    public PointSet Features(PointSet pictures, CancellationToken cancellation)
    {
        using var quiet = NoGradient.Begin();
        float[] features = new float[pictures.Count * FeatureCount];
        foreach (var (start, rows) in Chunks(pictures, cancellation))
        {
            using var scope = TensorScope.Begin();
            _features.Forward(Pictures(pictures.ToTensor(start, rows))).ReadOnlyValues<float>().CopyTo(features.AsSpan(start * FeatureCount));
        }
        return new PointSet(features, FeatureCount);
    }

    private double Measure(FlowPictures pictures, CancellationToken cancellation)
    {
        using var quiet = NoGradient.Begin();
        int right = 0;
        foreach (var (start, rows) in Chunks(pictures.Validation, cancellation))
        {
            using var scope = TensorScope.Begin();
            right += Classification.CountRight(
                _model.Forward(Pictures(pictures.Validation.ToTensor(start, rows))), pictures.ValidationLabels.AsSpan(start, rows));
        }
        return (double)right / pictures.Validation.Count;
    }

    private static IEnumerable<(int Start, int Rows)> Chunks(PointSet points, CancellationToken cancellation)
    {
        for (int start = 0; start < points.Count; start += Chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return (start, Math.Min(Chunk, points.Count - start));
        }
    }

    private Tensor Pictures(Tensor values) => values.Reshape([values.Count / (_side * _side), 1, _side, _side]);
}
