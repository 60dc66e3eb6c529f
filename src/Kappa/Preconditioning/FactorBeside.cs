using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Preconditioning;

/// <summary>A factor that is computed beside the steps, on a thread of its own. Layers that saw the same hold one object.</summary>
internal sealed class FactorBeside
{
    private readonly Task<MomentFactor> _work;
    private readonly Tensor? _destination;
    private int _holders = 1;

    /// <summary>Begins to compute.</summary>
    /// <param name="moment">S; it belongs to this from here on.</param>
    /// <param name="type">The type of the factor.</param>
    /// <param name="options">The damping.</param>
    internal FactorBeside(Tensor moment, DataType type, DoPrOptions options)
    {
        using var outside = TensorScope.Suspend();
        var destination = _destination = Tensor.Uninitialized(moment.Shape, type, moment.Device);
        _work = Task.Run(() =>
        {
            // What it computes in between goes with the scope; the threads of the step stay with the step.
            using var scope = TensorScope.Begin();
            using var own = WorkerPool.StayOnThisThread();
            using (moment)
                return MomentFactor.Of(moment, options, destination);
        });
    }

    /// <summary>One that is there already, as a checkpoint holds it.</summary>
    internal FactorBeside(MomentFactor factor)
    {
        _destination = factor.Factor;
        _work = Task.FromResult(factor);
    }

    /// <summary>The factor, once it is there.</summary>
    internal MomentFactor Result => _work.GetAwaiter().GetResult();

    internal FactorBeside Hold()
    {
        _holders++;
        return this;
    }

    internal void Release()
    {
        if (--_holders > 0)
            return;
        _ = Result;
        _destination?.Dispose();
    }
}
