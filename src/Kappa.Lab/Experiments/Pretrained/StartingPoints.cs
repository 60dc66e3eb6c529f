using System.Collections.Concurrent;

namespace Kappa.Lab.Experiments.Pretrained;

/// <summary>What every training starts from: the trained network with the head of a seed, as it is and rescaled, and what its frozen parts make of the
/// pictures, each computed once.</summary>
/// <param name="settings">The settings.</param>
internal sealed class StartingPoints(PretrainedSettings settings)
{
    internal const int Classes = 10;
    private const int FeatureBatch = 100;

    private readonly Lazy<PretrainedPictures> _pictures = new(() => PretrainedPictures.Load(settings));
    private readonly ConcurrentDictionary<string, Lazy<PretrainedPictures>> _features = new();
    private readonly ConcurrentDictionary<(string Method, int Seed), Lazy<(Sequential Model, float[] Scales)>> _models = new();

    /// <summary>The network of a seed, the caller's own.</summary>
    /// <param name="method">Plain or rescaled.</param>
    /// <param name="seed">Draws the head.</param>
    internal Sequential Model(string method, int seed)
    {
        var model = PretrainedResNet.Fresh(Classes, new Philox(0));
        model.LoadStateDict(Start(method, seed).Model.StateDict());
        return model;
    }

    /// <summary>What the modules that are trained take.</summary>
    /// <param name="method">Plain or rescaled.</param>
    /// <param name="seed">Draws the head.</param>
    /// <param name="part">What is trained.</param>
    internal PretrainedPictures Inputs(string method, int seed, string part)
    {
        var plain = _features.GetOrAdd(part, one => new Lazy<PretrainedPictures>(() => Features(one))).Value;
        if (method == RescalingMethod.Plain || part == TrainedPart.All)
            return plain;
        // The network is homogeneous in every unit: a rescaled one makes the same features, each times the scale of its unit.
        float[] scales = Start(method, seed).Scales;
        return new PretrainedPictures(Times(plain.Training, scales), Times(plain.Validation, scales), Times(plain.Test, scales));
    }

    private (Sequential Model, float[] Scales) Start(string method, int seed) =>
        _models.GetOrAdd((method, seed), one => new Lazy<(Sequential, float[])>(() => Make(one.Method, one.Seed))).Value;

    private (Sequential Model, float[] Scales) Make(string method, int seed)
    {
        var model = PretrainedResNet.Trained(Classes, new Philox((ulong)seed).Split("model"));
        var head = (Linear)model.Children[^1].Module;
        float[] before = head.Weight.ToArray<float>();
        _ = RescalingMethod.Apply(method, model, [3, settings.Side, settings.Side]);
        return (model, ScalesOf(before, head.Weight.ToArray<float>()));
    }

    /// <summary>A unit's scale is what the weights that leave it were divided by.</summary>
    private static float[] ScalesOf(float[] before, float[] after)
    {
        float[] scales = new float[PretrainedResNet.Features];
        for (int unit = 0; unit < scales.Length; unit++)
        {
            int largest = Enumerable.Range(0, Classes).Select(row => (row * scales.Length) + unit).MaxBy(at => Math.Abs(before[at]));
            scales[unit] = before[largest] / after[largest];
        }
        return scales;
    }

    private PretrainedPictures Features(string part)
    {
        if (part == TrainedPart.All)
            return _pictures.Value;
        var (body, _) = PretrainedResNet.SplitAt(Model(RescalingMethod.Plain, 0), TrainedPart.FirstModule(part));
        body.Eval();
        return new PretrainedPictures(Through(body, _pictures.Value.Training), Through(body, _pictures.Value.Validation), Through(body, _pictures.Value.Test));
    }

    private static TensorDataSet Through(Sequential body, TensorDataSet data)
    {
        using var quiet = NoGradient.Begin();
        var values = new List<float>();
        var labels = new List<int>();
        int[] shape = [];
        foreach (var batch in data.BatchesInOrder(FeatureBatch))
        {
            using var scope = TensorScope.Begin();
            var made = body.Forward(batch.Inputs);
            shape = made.Shape.ToArray();
            values.AddRange(made.ToArray<float>());
            labels.AddRange(batch.Targets.ToArray<int>());
        }
        return new TensorDataSet(Tensor.From(values.ToArray(), new Shape([labels.Count, .. shape[1..]])), Tensor.From(labels.ToArray(), [labels.Count]));
    }

    private static TensorDataSet Times(TensorDataSet data, float[] scales)
    {
        var all = data.Take([.. Enumerable.Range(0, data.Count)]);
        try
        {
            float[] values = all.Inputs.ToArray<float>();
            int inner = values.Length / data.Count / scales.Length;
            for (int i = 0; i < values.Length; i++)
                values[i] *= scales[i / inner % scales.Length];
            return new TensorDataSet(Tensor.From(values, all.Inputs.Shape), Tensor.From(all.Targets.ToArray<int>(), [data.Count]));
        }
        finally
        {
            all.Release();
        }
    }
}
