using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>The derivatives of a model of Kappa's, from its recorded operations.</summary>
internal sealed class RecordedRisk(Module model, Func<Tensor, Tensor, Tensor> loss, SampleSource samples, IReadOnlyList<Tensor> leaves) : IRiskDerivatives
{
    public double Value(int first, int count) => Loss(first, count).ToDouble();

    public (double Value, IReadOnlyList<Tensor> Gradient) Gradient(int first, int count)
    {
        using var recorded = new RecordedFunction(() => Loss(first, count), leaves);
        var gradient = recorded.Gradient();
        return (recorded.Value.ToDouble(), gradient);
    }

    public HessianProduct HessianProduct(int first, int count, IReadOnlyList<Tensor> vectors, bool withGradient)
    {
        using var recorded = new RecordedFunction(() => Loss(first, count), leaves);
        return recorded.HessianProduct(vectors, withGradient: withGradient);
    }

    public IReadOnlyList<Tensor> GaussNewtonProduct(int first, int count, IReadOnlyList<Tensor> vectors)
    {
        var (inputs, targets) = Read(first, count);
        return Differentiate.GaussNewtonProduct(() => model.Forward(inputs), output => loss(output, targets), leaves, vectors);
    }

    public IReadOnlyList<Tensor> PerSampleGradients(int first, int count) =>
        Differentiate.PerSampleGradients(i => Loss(first + i, 1), count, leaves);

    private Tensor Loss(int first, int count)
    {
        var (inputs, targets) = Read(first, count);
        return loss(model.Forward(inputs), targets);
    }

    /// <summary>Samples, where the parameters are.</summary>
    private (Tensor Inputs, Tensor Targets) Read(int first, int count)
    {
        var (inputs, targets) = samples.Read(first, count);
        return (inputs.On(leaves[0].Device), targets.On(leaves[0].Device));
    }
}
