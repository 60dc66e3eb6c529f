using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Kernels;

/// <summary>Work of a kernel that is made of operations: they are not recorded, and what they make is given back at the end.</summary>
internal readonly ref struct Composed
{
    private readonly TensorScope _scope;

    private Composed(TensorScope scope) => _scope = scope;

    /// <summary>Begins it. Dispose the result when the work is done.</summary>
    internal static Composed Begin()
    {
        _ = Recording.Pause();
        return new Composed(TensorScope.Begin());
    }

    public void Dispose()
    {
        _scope.Dispose();
        Recording.Resume();
    }
}
