namespace Kappa.Tensors.Cpu.Updates;

/// <summary>An optimizer's step on some elements of one tensor.</summary>
/// <typeparam name="TUpdate">The tensors and numbers of a step.</typeparam>
internal interface IUpdateKernel<TUpdate>
    where TUpdate : struct
{
    /// <summary>The tensor that changes.</summary>
    static abstract Tensor ValueOf(in TUpdate update);

    /// <summary>Updates elements from one on.</summary>
    static abstract void Run(in TUpdate update, int start, int length);
}
