namespace Kappa.Lab.Settings;

/// <summary>Settings of an experiment that know what values they may have.</summary>
public interface IExperimentSettings
{
    /// <summary>Checks every setting.</summary>
    /// <exception cref="ConfigException">One has a value that it may not have.</exception>
    void Validate();
}
