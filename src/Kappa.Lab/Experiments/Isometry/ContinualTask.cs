namespace Kappa.Lab.Experiments.Isometry;

/// <summary>One task of a sequence.</summary>
/// <param name="Inputs">Training inputs, <c>[examples, pixels]</c>.</param>
/// <param name="Labels">Their labels, Int32 <c>[examples]</c>.</param>
/// <param name="TestInputs">Test inputs, <c>[examples, pixels]</c>; null where nothing can be generalised, as with random labels.</param>
/// <param name="TestLabels">Their labels.</param>
internal sealed record ContinualTask(Tensor Inputs, Tensor Labels, Tensor? TestInputs, Tensor? TestLabels) : IDisposable
{
    /// <summary>Training examples.</summary>
    internal int Count => Labels.Count;

    public void Dispose()
    {
        Inputs.Dispose();
        Labels.Dispose();
        TestInputs?.Dispose();
        TestLabels?.Dispose();
    }
}
