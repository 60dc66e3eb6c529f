namespace Kappa.Pieces;

/// <summary>Whose parameters are whose, where several processes take a step together and each changes its own.</summary>
internal interface IStepShare
{
    /// <summary>Whether a parameter has a gradient in this step, in whichever process.</summary>
    /// <param name="parameter">Its number among those of the optimizer.</param>
    bool HasGradient(int parameter);

    /// <summary>Fills in what each process knows of its own parameters; 0 stands for those of others.</summary>
    /// <param name="ofParameters">A number for each parameter.</param>
    void Exchange(double[] ofParameters);
}
