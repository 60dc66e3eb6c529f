using Kappa.Tensors;

namespace Kappa.Pieces;

/// <summary>Gathers something beside the gradient while a batch is differentiated, which is summed over its pieces as the gradient is.</summary>
internal interface IPieceObserver
{
    /// <summary>Looks whether it can do with sums over pieces.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says why and the way out.</exception>
    void RequireSummable();

    /// <summary>Takes out what the piece at hand has gathered, so that another one begins anew.</summary>
    object Suspend();

    /// <summary>Puts back what <see cref="Suspend"/> took.</summary>
    void Resume(object gathered);

    /// <summary>Takes out what the piece at hand has gathered, as tensors in double precision that add up; they belong to no scope.</summary>
    List<Tensor> TakeShare();

    /// <summary>Puts in the sums over all pieces, which belong to it from here on.</summary>
    void PutTotal(IReadOnlyList<Tensor> total);
}
