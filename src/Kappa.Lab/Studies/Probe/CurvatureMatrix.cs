namespace Kappa.Lab.Studies.Probe;

/// <summary>A matrix whose spectrum can be measured.</summary>
public enum CurvatureMatrix
{
    /// <summary>The Hessian of the mean loss.</summary>
    Hessian,

    /// <summary>The generalised Gauss-Newton matrix.</summary>
    GaussNewton,

    /// <summary>The mean of outer products of samples' gradients.</summary>
    EmpiricalFisher,
}
