namespace Kappa.Lab.Experiments.Together;

/// <summary>A transformer that writes sums, deployed by letting it write those that it has not seen.</summary>
internal sealed class SumsNetwork : StudiedNetwork
{
    internal const string Metric = "exact match of sums it writes";
    private const double DownScale = 0.5;
    private readonly PreparedArithmetic _task;
    private readonly TransformerOptions _options;

    private SumsNetwork(PreparedArithmetic task, TransformerOptions options) => (_task, _options) = (task, options);

    internal override IReadOnlyList<int>? InputShape => null;

    internal static SumsNetwork Of(TogetherSettings settings)
    {
        var task = new PreparedArithmetic(
            new ArithmeticSettings
            {
                Digits = settings.Digits, Beyond = 0, Steps = false, Examples = settings.Examples, ValidationExamples = settings.HeldOut,
                Problems = settings.HeldOut / settings.Digits, Width = settings.Width, Layers = settings.Blocks, Heads = settings.Heads,
            },
            null, CancellationToken.None);
        var options = task.Options with { MlpActivation = Activation.Relu };
        return new SumsNetwork(task, options)
        {
            Classes = options.VocabularySize, Training = Of(task.Training), Validation = Of(task.Validation),
        };
    }

    /// <summary>A block adds nothing at first in the library's own start; here its MLP does, since a rescaling needs weights on both sides of a unit.</summary>
    internal override Module Create(Philox generator)
    {
        var model = new Transformer(_options).Initialize(generator);
        var start = model.StateDict();
        var drawn = new StateDict();
        for (int block = 0; block < _options.Layers; block++)
        {
            string name = FormattableString.Invariant($"block{block}.mlp.down.weight");
            var shape = start[name].Shape;
            drawn.Add(name, Tensor.Normal(shape, generator.Split(name)) * (DownScale / Math.Sqrt(shape[1])));
        }
        model.LoadStateDict(drawn, strict: false);
        return model;
    }

    internal override double Deploy(Module model, CancellationToken cancellation) => _task.Deploy(model, cancellation).Metric;

    /// <summary>Of the last position's logits by the embedded tokens: the other positions see less.</summary>
    internal override SingularSpectrum Jacobian(Module model, Tensor input)
    {
        Tensor embedded;
        using (NoGradient.Begin())
            embedded = model.Children[0].Module.Forward(input).RmsNorm().Detach();
        return JacobianSpectrum.Dense(
            x =>
            {
                var last = model.Children.Skip(1).SkipLast(1).Aggregate(x, (rows, child) => child.Module.Forward(rows)).RmsNorm();
                return model.Children[^1].Module.Forward(last.Slice(1, last.Shape[1] - 1, 1));
            },
            embedded);
    }

    private static LabelledSamples Of(Exercises exercises)
    {
        var (inputs, targets) = exercises.All();
        return new LabelledSamples(inputs, targets.Reshape(inputs.Shape));
    }
}
