namespace Kappa.Lab.Settings;

/// <summary>Settings of which some go only with others.</summary>
public interface ICheckedSettings
{
    /// <summary>Checks what ranges cannot say.</summary>
    /// <param name="check">Throws for a setting.</param>
    void Check(SettingsCheck check);
}
