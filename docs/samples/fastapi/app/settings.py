"""Everything that the application reads from its environment, read once, when it starts."""

from pydantic import AnyHttpUrl, Field, RedisDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL


class Settings(BaseSettings):
    """Names are those of contract.yaml. What has no default must be there: without it nothing starts."""

    # Without this an error about one variable prints the values of all of them.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    app_env: str
    log_level: str = "info"
    my_api_url: AnyHttpUrl

    db_host: str
    db_user: str
    db_password: SecretStr
    db_name: str

    redis_url: RedisDsn
    jwt_secret: SecretStr = Field(min_length=32)

    @property
    def database_url(self) -> URL:
        """Made by SQLAlchemy, which quotes: a password may hold @, / and : as it likes."""
        return URL.create(
            "postgresql+asyncpg",
            username=self.db_user,
            password=self.db_password.get_secret_value(),
            host=self.db_host,
            database=self.db_name,
        )


settings = Settings()
