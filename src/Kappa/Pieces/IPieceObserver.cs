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

    /// <summary>Whose each tensor of a share is, by names of parameters, several where they go together; none for what all have to know.</summary>
    IReadOnlyList<IReadOnlyList<string>> Owners { get; }

    /// <summary>Puts in the sums over all pieces, which belong to it from here on.</summary>
    /// <param name="total">Of each tensor of a share; those of parameters that this process does not own are not looked at.</param>
    /// <param name="isOwn">Whether a parameter of this name is this process's.</param>
    void PutTotal(IReadOnlyList<Tensor> total, Func<string, bool> isOwn);

    /// <summary>What after a step only the owner of a parameter knows, and decides for all what is gathered next; empty where nothing does.</summary>
    /// <param name="isOwn">Whether a parameter of this name is this process's; 0 stands for those of others.</param>
    double[] StandingOf(Func<string, bool> isOwn);

    /// <summary>Takes the standing of the parameters of others.</summary>
    /// <param name="standing">The sum over all processes.</param>
    /// <param name="isOwn">Whether a parameter of this name is this process's.</param>
    void PutStanding(double[] standing, Func<string, bool> isOwn);
}
