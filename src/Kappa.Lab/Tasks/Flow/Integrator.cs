namespace Kappa.Lab.Tasks.Flow;

/// <summary>How a flow is followed from time 0 to 1.</summary>
internal enum Integrator
{
    /// <summary>One evaluation of the velocity for a step; the error falls with the step.</summary>
    Euler,

    /// <summary>Two evaluations for a step; the error falls with the square of the step.</summary>
    Heun,
}
