using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

namespace Kappa.Tables.Methods;

/// <summary>Gradient-boosted trees by LightGBM, through ML.NET. The number of trees is decided on the validation rows.</summary>
/// <param name="settings">How many trees at most.</param>
internal sealed class LightGbmMethod(StudySettings settings) : StudyMethod
{
    private const string Rate = "learning rate", Leaves = "leaves", Share = "share of features";
    private const int Patience = 50;

    internal override string Name => "LightGBM";

    internal override IReadOnlyList<SweepAxis> Axes { get; } =
    [
        SweepAxis.HalfDecades(Rate, [1e-1, 3e-1], 3e-2, 1),
        new SweepAxis(Leaves, [8, 16, 32], 2, 2, 1024),
        new SweepAxis(Share, [0.5, 1]),
    ];

    internal override Func<Tensor, double[]> Fit(StudyData data, IReadOnlyDictionary<string, double> at, ulong seed, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var context = new MLContext((int)seed);
        IDataView View(Tensor inputs, float[]? targets) => Rows(context, inputs, targets, data.Table.IsClasses);
        var (training, validation) = (View(data.TrainingInputs, data.TrainingTargets), View(data.ValidationInputs, data.ValidationTargets));
        var transformer = data.Table.IsClasses
            ? (ITransformer)context.BinaryClassification.Trainers.LightGbm(Options(new LightGbmBinaryTrainer.Options(), at, seed)).Fit(training, validation)
            : context.Regression.Trainers.LightGbm(Options(new LightGbmRegressionTrainer.Options(), at, seed)).Fit(training, validation);
        string column = data.Table.IsClasses ? "Probability" : "Score";
        return inputs => [.. transformer.Transform(View(inputs, null)).GetColumn<float>(column).Select(value => (double)value)];
    }

    private TOptions Options<TOptions>(TOptions options, IReadOnlyDictionary<string, double> at, ulong seed)
        where TOptions : notnull
    {
        switch (options)
        {
            case LightGbmBinaryTrainer.Options binary:
                binary.Booster = Booster(at[Share]);
                (binary.NumberOfIterations, binary.EarlyStoppingRound, binary.LearningRate) = (settings.Trees, Patience, at[Rate]);
                (binary.NumberOfLeaves, binary.NumberOfThreads, binary.Seed) = ((int)at[Leaves], 1, (int)seed);
                break;
            case LightGbmRegressionTrainer.Options regression:
                regression.Booster = Booster(at[Share]);
                (regression.NumberOfIterations, regression.EarlyStoppingRound, regression.LearningRate) = (settings.Trees, Patience, at[Rate]);
                (regression.NumberOfLeaves, regression.NumberOfThreads, regression.Seed) = ((int)at[Leaves], 1, (int)seed);
                break;
        }
        return options;
    }

    private static GradientBooster.Options Booster(double share) => new() { FeatureFraction = share };

    private static IDataView Rows(MLContext context, Tensor inputs, float[]? targets, bool isClasses)
    {
        int width = inputs.Shape[1];
        float[] values = inputs.ToArray<float>();
        var features = new VectorDataViewType(NumberDataViewType.Single, width);
        var rows = Enumerable.Range(0, inputs.Shape[0]).Select(row => (Row: row, Features: values[(row * width)..((row + 1) * width)]));
        if (isClasses)
        {
            var schema = SchemaDefinition.Create(typeof(ClassRow));
            schema[nameof(ClassRow.Features)].ColumnType = features;
            return context.Data.LoadFromEnumerable(
                rows.Select(row => new ClassRow { Features = row.Features, Label = targets?[row.Row] > 0 }).ToArray(), schema);
        }
        var numbers = SchemaDefinition.Create(typeof(NumberRow));
        numbers[nameof(NumberRow.Features)].ColumnType = features;
        return context.Data.LoadFromEnumerable(
            rows.Select(row => new NumberRow { Features = row.Features, Label = targets?[row.Row] ?? 0 }).ToArray(), numbers);
    }

    private sealed class ClassRow
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }

    private sealed class NumberRow
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
